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
}

/** The topic of the pubsub protocol that reports are published to. */
export const REPORT_TOPIC = 'xtrace';
