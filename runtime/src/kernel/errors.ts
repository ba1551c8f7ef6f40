/** Every code that the runtime throws or warns with. Codes are public API; ERRORS.md explains each. */
export type RuntimeErrorCode =
  | 'TL_ADDRESS_INVALID'
  | 'TL_BAGGAGE_INVALID'
  | 'TL_LEVEL_INVALID'
  | 'TL_COLLECTOR_UNREACHABLE'
  | 'TL_CONTEXT_LOST'
  | 'TL_ID_INVALID'
  | 'TL_METADATA_MALFORMED'
  | 'TL_METADATA_MISSING'
  | 'TL_METHOD_UNKNOWN'
  | 'TL_REPORTS_UNSENT'
  | 'TL_RUNTIME_VERSIONS'
  | 'TL_SLOT_CALLBACK_THREW'
  | 'TL_TOKEN_INVALID'
  | 'TL_TOKEN_REFUSED'
  | 'TL_TRANSPORT_MISSING'
  | 'TL_VARIABLE_INVALID';

/**
 * The error that the runtime throws when its API is used or set up wrongly: a bad token, id or address,
 * incompatible copies, unreadable metadata. `code` names the problem and `ERRORS.md` explains each code.
 * Instrumented code never throws it by itself.
 */
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

/** Returns a value as error messages show it. Also handles BigInts and circular objects. */
export function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
