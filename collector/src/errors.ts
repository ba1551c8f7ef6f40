/** Every error the collector can raise or answer with. Codes are public: renaming one is breaking. */
export type CollectorErrorCode =
  | 'SETTING_INVALID'
  | 'PORT_TAKEN'
  | 'STORE_UNAVAILABLE'
  | 'TASK_UNKNOWN'
  | 'TASK_ID_INVALID'
  | 'QUERY_INVALID'
  | 'EVENTS_UNREADABLE'
  | 'EVENT_INVALID'
  | 'COLLECTOR_UNREACHABLE'
  | 'PAGE_MISSING'
  | 'INTERNAL';

export class CollectorError extends Error {
  override readonly name = 'CollectorError';

  constructor(
    readonly code: CollectorErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(`${message} (${code})`, options);
  }
}

/** What was thrown, as a sentence. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
