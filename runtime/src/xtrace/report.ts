/**
 * An event as it is sent to the collector: an X-Trace report v4.
 *
 * Ids are lower-case hex: 32 digits for a task (16 if it came over a protocol that carries only 64 bits), 16 for
 * an event. An event without parents is the first of its task.
 */
export interface Report {
  readonly taskId: string;
  readonly eventId: string;
  readonly parentEventIds: readonly string[];
  /** Microseconds since 1970, as in the paper's client. */
  readonly timestamp: number;
  readonly label: string;
  readonly host?: string;
  readonly processId?: number;
  readonly processName?: string;
  readonly threadId?: number;
  readonly threadName?: string;
  /** The name of the logger. */
  readonly agent?: string;
  /** `file:line` of the call to `log`. */
  readonly source?: string;
  /** The fields that were passed to `log`, in order. */
  readonly fields?: readonly (readonly [key: string, value: string])[];
  readonly tags?: readonly string[];
  /** A clock of the process, in nanoseconds, as a decimal: it can be beyond what a number holds. */
  readonly hrt?: string;
  /** CPU cycles of the thread, as a decimal. */
  readonly cycles?: string;
  /** The tenant that the work was done for. */
  readonly tenantClass?: number;
}

/** The parent of the first event of a task, as it is sent. */
export const NO_PARENT = '0'.repeat(16);

/** The topic of the pubsub protocol that reports are published to. */
export const REPORT_TOPIC = 'xtrace';

/** The field of a report, beyond those of X-Trace's, that has the upper 64 bits of the task id (sfixed64). */
export const TASK_ID_HIGH = 100;

/**
 * The field of a report, beyond those of X-Trace's, that says that the timestamp is in microseconds although it is as small as one in
 * milliseconds is today (int64, 1).
 */
export const IN_MICROSECONDS = 101;

/** Timestamps nearer to 1970 are in milliseconds, unless the report says otherwise: in microseconds, this is 1973. */
export const LAST_MILLISECONDS = 1e14;

/** The first bytes in both directions of a connection on which batches of reports are acknowledged. */
export const ACKNOWLEDGED_PROTOCOL = 'XTR1';

/** The same with a token after it: its length in two bytes, big-endian, and its bytes. */
export const TOKEN_PROTOCOL = 'XTR2';

/** What a collector says instead of its name to who has no token, or not the right one. */
export const TOKEN_REFUSED = 'XTR0';

/** The longest batch that a collector takes, in bytes. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
