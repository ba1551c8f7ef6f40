/** Every code that the runtime warns with or throws. Codes are public: ERRORS.md explains each. */
export type RuntimeErrorCode =
  | 'TL_ADDRESS_INVALID'
  | 'TL_COLLECTOR_UNREACHABLE'
  | 'TL_CONTEXT_LOST'
  | 'TL_ID_INVALID'
  | 'TL_METADATA_MALFORMED'
  | 'TL_METADATA_MISSING'
  | 'TL_REPORTS_UNSENT'
  | 'TL_RUNTIME_VERSIONS'
  | 'TL_SLOT_CALLBACK_THREW'
  | 'TL_TOKEN_INVALID'
  | 'TL_TRANSPORT_MISSING';

/** Tells a developer that something was set up wrongly. Never thrown while a program runs. */
export class ThroughlineError extends Error {
  override readonly name = 'ThroughlineError';

  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(`${message} (${code})`, options);
  }
}

/** Returns a value as error messages quote it; also a BigInt, or an object that contains itself. */
export function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
