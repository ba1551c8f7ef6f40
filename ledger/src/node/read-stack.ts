/** What a stack was captured on: an error, or another object. */
interface StackHolder {
  readonly stack?: unknown;
}

/**
 * Returns a stack. When this is the first time that it is read, it has no frames of foreign files: a runner looks up
 * every frame in its source maps, which takes longer than many tests.
 */
export function readStack(holder: StackHolder, isForeign?: (file: string) => boolean): string {
  const { prepareStackTrace } = Error;
  if (isForeign === undefined || prepareStackTrace === undefined) return textOf(holder);
  Error.prepareStackTrace = (error, sites) => {
    const own = sites.filter((site) => !isForeign(site.getFileName() ?? ''));
    return prepareStackTrace(error, own) as unknown;
  };
  try {
    return textOf(holder);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function textOf({ stack }: StackHolder): string {
  return typeof stack === 'string' ? stack : '';
}
