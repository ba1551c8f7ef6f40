/** The code of every error in this package. Codes are public: renaming one is a breaking change. */
export type JestErrorCode = 'TL_JEST_MISSING' | 'TL_TRANSFORMER_MISSING';

/** An error of @throughline/jest. Its message ends with the code. */
export class JestError extends Error {
  override readonly name = 'JestError';

  constructor(
    readonly code: JestErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
  }
}

/** Returns the error for a package of Jest that is not installed. */
export function jestMissing(name: string, cause: unknown): JestError {
  return new JestError(
    'TL_JEST_MISSING',
    `Cannot find ${JSON.stringify(name)} next to Jest. Install it: "npm install --save-dev ${
      name.startsWith('jest-environment') ? name : 'jest'
    }".`,
    { cause },
  );
}

/** Returns the error for a transformer of the project that cannot be loaded. */
export function transformerMissing(path: string, cause: unknown): JestError {
  return new JestError(
    'TL_TRANSFORMER_MISSING',
    `Cannot load the transformer ${JSON.stringify(path)}: ${
      cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    }`,
    { cause },
  );
}
