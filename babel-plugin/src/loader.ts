import { environmentOf } from './adapters/build.js';
import { splitOptions } from './adapters/files.js';
import type { AdapterOptions } from './adapters/files.js';
import { instrument } from './adapters/transform.js';

export type { AdapterOptions };

/** What webpack, Rspack and Turbopack give a loader as `this`. */
export interface LoaderContext {
  readonly resourcePath: string;
  readonly mode?: string;
  getOptions(): AdapterOptions;
  async(): (error: unknown, code?: string, map?: object) => void;
}

/**
 * A loader for webpack, Rspack and Turbopack, for projects whose configuration takes loaders and no plugins, such as
 * Next without Babel: `{ loaders: ['@throughline/babel-plugin/loader'] }`. It must come before loaders that compile
 * `async` away. Its options are those of the adapters.
 *
 * An invalid option fails the build with `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`.
 */
export default function throughlineLoader(
  this: LoaderContext,
  source: string,
  inputMap?: object,
): void {
  const done = this.async();
  made(this, source, inputMap).then(
    (result) => done(null, result?.code ?? source, result ? result.map : inputMap),
    (error: unknown) => done(error),
  );
}

async function made(
  context: LoaderContext,
  source: string,
  inputMap: object | undefined,
): ReturnType<typeof instrument> {
  const { resourcePath: file, mode } = context;
  const { optionsFor, covers } = splitOptions(context.getOptions());
  if (!covers(file)) return undefined;
  const environment = environmentOf(mode);
  return instrument(source, {
    file,
    options: optionsFor(file),
    environment,
    inputMap: inputMap as never,
  });
}
