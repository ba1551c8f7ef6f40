/** Every error of this package. Codes are public: renaming one is a breaking change. */
export type JestErrorCode =
  | 'OPTION_UNKNOWN'
  | 'OPTION_INVALID'
  | 'JEST_MISSING'
  | 'CONFIG_MISSING'
  | 'CONFIG_AMBIGUOUS'
  | 'CONFIG_UNREADABLE'
  | 'EVENTS_UNWRITABLE';

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

export function unknownOption(name: string, allowed: readonly string[]): JestError {
  return new JestError(
    'OPTION_UNKNOWN',
    `Option ${JSON.stringify(name)} is unknown. The options of @throughline/jest are ${list(allowed)}.`,
  );
}

export function invalidOption(name: string, expected: string, value: unknown): JestError {
  return new JestError(
    'OPTION_INVALID',
    `Option "${name}" must be ${expected}, but is ${JSON.stringify(value)}.`,
  );
}

/** A part of Jest that this package stands on cannot be found. */
export function jestMissing(name: string, cause: unknown): JestError {
  return new JestError(
    'JEST_MISSING',
    `${JSON.stringify(name)} was not found beside Jest. Install it: "npm install --save-dev ${
      name.startsWith('jest-environment') ? name : 'jest'
    }".`,
    { cause },
  );
}

export function configMissing(folder: string): JestError {
  return new JestError(
    'CONFIG_MISSING',
    `There is no package.json in ${JSON.stringify(folder)} to add a Jest configuration to. ` +
      `Run "throughline init jest" in the folder of the project.`,
  );
}

export function configAmbiguous(files: readonly string[]): JestError {
  return new JestError(
    'CONFIG_AMBIGUOUS',
    `There is more than one Jest configuration: ${list(files)}. ` +
      `Name the one to change: "throughline init jest ${files[0]}".`,
  );
}

export function configUnreadable(file: string, cause: unknown): JestError {
  return new JestError(
    'CONFIG_UNREADABLE',
    `${JSON.stringify(file)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}

export function eventsUnwritable(file: string, cause: unknown): JestError {
  return new JestError(
    'EVENTS_UNWRITABLE',
    `Events cannot be written to ${JSON.stringify(file)}: ${
      cause instanceof Error ? cause.message : String(cause)
    }. Name a folder that can be written to, with the option "events" or THROUGHLINE_EVENTS.`,
    { cause },
  );
}

export function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
