/** What the header `traceparent` says (W3C Trace Context Level 2, section 3.2). */
export interface TraceParent {
  /** 32 lower-case hex digits. */
  readonly taskId: string;
  /** The event that the request comes after: 16 lower-case hex digits. */
  readonly eventId: string;
  /** The flags as two hex digits. */
  readonly flags: string;
}

const FORMAT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TASK = '0'.repeat(32);
const NO_EVENT = '0'.repeat(16);

/**
 * Reads a `traceparent`. Returns undefined where the standard says to start a new trace: for a malformed value, ids of zeros
 * only, and the version `ff`. What later versions add at the end is ignored (section 4.3).
 */
export function parseTraceParent(text: string | undefined): TraceParent | undefined {
  const [, version, taskId, eventId, flags, more] = FORMAT.exec(text?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) {
    return undefined;
  }
  if (taskId === NO_TASK || eventId === NO_EVENT) return undefined;
  return { taskId: taskId!, eventId: eventId!, flags: flags! };
}

/** Writes a `traceparent` of version 00. Of the flags, only those that the standard defines go on (section 3.2.2.5). */
export function formatTraceParent({ taskId, eventId, flags }: TraceParent): string {
  const known = Number.parseInt(flags, 16) & KNOWN_FLAGS;
  return `00-${taskId}-${eventId}-${known.toString(16).padStart(2, '0')}`;
}

/** `sampled` and `random-trace-id`. */
const KNOWN_FLAGS = 0b11;
