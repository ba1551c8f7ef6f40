/** Codes of every error that the collector throws or returns. Renaming one is a breaking change. */
export type CollectorErrorCode =
  | 'TL_SETTING_INVALID'
  | 'TL_PORT_UNAVAILABLE'
  | 'TL_STORE_UNAVAILABLE'
  | 'TL_TASK_UNKNOWN'
  | 'TL_TASK_ID_INVALID'
  | 'TL_PATH_UNKNOWN'
  | 'TL_QUERY_INVALID'
  | 'TL_EVENTS_UNREADABLE'
  | 'TL_EVENT_INVALID'
  | 'TL_PAGE_MISSING'
  | 'TL_COLLECTOR_FULL'
  | 'TL_EXPORT_TOO_LARGE'
  | 'TL_REQUEST_REFUSED'
  | 'TL_TOKEN_REFUSED'
  | 'TL_INTERNAL';

/** An error of the collector. The message ends with `code`. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';

  constructor(
    readonly code: CollectorErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(`${message} (${code})`, options);
  }

  /** Makes an error of another thread again, whose message ends with its code. */
  static again(code: CollectorErrorCode, message: string): CollectorError {
    return new CollectorError(code, message.slice(0, -` (${code})`.length));
  }
}

/** Returns the message of a thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
