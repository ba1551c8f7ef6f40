const said = new Set<string>();

/**
 * Says once, on stderr, that something of ours or of a slot's callbacks went wrong.
 *
 * The runtime lives inside somebody else's program and never throws into it. Codes are explained
 * in ERRORS.md.
 */
export function complainOnce(code: RuntimeErrorCode, message: string, cause?: unknown): void {
  if (said.has(code)) return;
  said.add(code);
  complain(code, message, cause);
}

/** Says so on stderr. */
export function complain(code: RuntimeErrorCode, message: string, cause?: unknown): void {
  console.error(`throughline: ${message} (${code})`, ...(cause === undefined ? [] : [cause]));
}

/** Everything the runtime complains of, or throws at set-up. Codes are public. */
export type RuntimeErrorCode =
  | 'CONTEXT_LOST'
  | 'SLOT_CALLBACK_THREW'
  | 'RUNTIME_VERSIONS'
  | 'TOKEN_INVALID'
  | 'ADDRESS_INVALID'
  | 'ID_INVALID'
  | 'REPORTS_UNSENT'
  | 'COLLECTOR_UNREACHABLE'
  | 'TRANSPORT_MISSING'
  | 'METADATA_MISSING'
  | 'METADATA_MALFORMED';

/** A value as an error message quotes it: even a BigInt, or an object that holds itself. */
export function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** An error for the person who set something up wrongly. Never thrown while a program runs. */
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
