/**
 * An event as it is sent to the collector: X-Trace's report v4.
 *
 * Ids are hex: 32 digits for a task (16 when it came over a protocol that carries no more), 16 for
 * an event. An event without parents begins its task.
 */
export interface Report {
  readonly taskId: string;
  readonly eventId: string;
  readonly parentEventIds: readonly string[];
  /** Microseconds since 1970, as the paper's client writes them. */
  readonly timestamp: number;
  readonly label: string;
  readonly host?: string;
  readonly processId?: number;
  readonly processName?: string;
  readonly threadId?: number;
  readonly threadName?: string;
  /** Name of the logger. */
  readonly agent?: string;
  /** `file:line` of the call. */
  readonly source?: string;
  /** What the user gave with the label, in order. */
  readonly fields?: readonly (readonly [key: string, value: string])[];
  readonly tags?: readonly string[];
}

/** Where reports go: the pubsub protocol's topic. */
export const REPORT_TOPIC = 'xtrace';
