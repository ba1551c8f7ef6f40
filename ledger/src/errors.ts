/** The code of every error in this package. Codes are public: renaming one is a breaking change. */
export type LedgerErrorCode =
  'TL_OPTION_UNKNOWN' | 'TL_OPTION_INVALID' | 'TL_CONFIG_UNREADABLE' | 'TL_EVENTS_UNWRITABLE';

/** An error of @throughline/ledger. Its message ends with the code. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(
    readonly code: LedgerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
  }
}

/** Returns the error for an option, or a kind in `leaks`, with an unknown name. */
export function unknownOption(name: string, allowed: readonly string[]): LedgerError {
  return new LedgerError(
    'TL_OPTION_UNKNOWN',
    `Unknown option ${JSON.stringify(name)}. Use one of ${list(allowed)}.`,
  );
}

/** Returns the error for an option whose value is wrong. `expected` continues "must be". */
export function invalidOption(name: string, expected: string, value: unknown): LedgerError {
  return new LedgerError(
    'TL_OPTION_INVALID',
    `Option "${name}" must be ${expected}, got ${JSON.stringify(value)}.`,
  );
}

/** Returns the error for a configuration or baseline file that cannot be read or parsed. */
export function configUnreadable(file: string, cause: unknown): LedgerError {
  return new LedgerError(
    'TL_CONFIG_UNREADABLE',
    `Cannot read ${JSON.stringify(file)}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}

/** Returns the error for a file of events that cannot be written. */
export function eventsUnwritable(file: string, cause: unknown): LedgerError {
  return new LedgerError(
    'TL_EVENTS_UNWRITABLE',
    `Cannot write events to ${JSON.stringify(file)}: ${
      cause instanceof Error ? cause.message : String(cause)
    }. Set the option "events" or THROUGHLINE_EVENTS to a writable folder.`,
    { cause },
  );
}

/** Formats names for a message, each in quotes. */
export function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
