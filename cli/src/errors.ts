/** Every error that only the command line raises. Codes are public: renaming one is a breaking change. */
export type CliErrorCode =
  | 'TL_ARGUMENT_INVALID'
  | 'TL_COLLECTOR_UNREACHABLE'
  | 'TL_CONFIG_AMBIGUOUS'
  | 'TL_CONFIG_MISSING'
  | 'TL_CONFIG_UNREADABLE'
  | 'TL_FILE_UNWRITABLE'
  | 'TL_POSITION_INVALID'
  | 'TL_RUN_FAILED'
  | 'TL_TASK_UNKNOWN'
  | 'TL_TOKEN_REFUSED';

/** An error of the command line. The message ends with `code`. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: CliErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
  }
}

/** Returns the message of a thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A folder without package.json, in which `init jest` has nothing to change. */
export function configMissing(folder: string): CliError {
  return new CliError(
    'TL_CONFIG_MISSING',
    `No package.json in ${JSON.stringify(folder)}. Run "throughline init jest" in the folder of the project.`,
  );
}

/** More than one file could be the Jest configuration. */
export function configAmbiguous(files: readonly string[]): CliError {
  const names = files.map((file) => JSON.stringify(file)).join(', ');
  return new CliError(
    'TL_CONFIG_AMBIGUOUS',
    `Found more than one Jest configuration: ${names}. Name the one to change: "throughline init jest ${files[0]}".`,
  );
}

/** A Jest configuration that cannot be read or parsed. */
export function configUnreadable(file: string, cause: unknown): CliError {
  return new CliError(
    'TL_CONFIG_UNREADABLE',
    `Cannot read ${JSON.stringify(file)}: ${errorMessage(cause)}`,
    { cause },
  );
}

/** Something of ours failed before a program that `run` has started. */
export function runFailed(cause: unknown): CliError {
  const [reason] = errorMessage(cause).split(/ \(TL_[A-Z_]+\)$/);
  const text = `${reason} The program runs without it.`;
  return new CliError('TL_RUN_FAILED', text, { cause });
}
