import type { TraceEvent } from '../reports/trace-event.js';

/**
 * Events of one task as the page gets them: a column for each field. That is a quarter of the same events as objects, and the
 * strings that come again and again are there once. `texts` are referred to by index, and ids stand in a row, 16 digits each.
 */
export interface TaskColumns {
  readonly taskId: string;
  readonly texts: readonly string[];
  /** What is the same for all events of a thread. */
  readonly origins: readonly Origin[];
  readonly ids: string;
  /** Microseconds: the first since 1970, each other one since the event before it. */
  readonly times: readonly number[];
  readonly labels: readonly number[];
  /** Indexes of `origins`. */
  readonly from: readonly number[];
  /** Indexes of `texts`, or -1. */
  readonly sources: readonly number[];
  readonly parentCounts: readonly number[];
  readonly parents: string;
  readonly fieldCounts: readonly number[];
  /** A name and a value for each field. */
  readonly fields: readonly number[];
  /** What few events have. */
  readonly rest: readonly (readonly [event: number, Rest])[];
}

type Origin = Partial<Pick<TraceEvent, (typeof ORIGIN)[number]>>;
type Rest = Partial<Pick<TraceEvent, (typeof REST)[number]>>;

const ORIGIN = ['host', 'processId', 'processName', 'threadId', 'threadName', 'agent'] as const;
const REST = ['tags', 'hrt', 'cycles', 'tenantClass'] as const;
const ID_LENGTH = 16;

/** Writes events as columns. */
export function toColumns(taskId: string, events: readonly TraceEvent[]): TaskColumns {
  const texts = new Numbering<string>((text) => text);
  const origins = new Numbering<Origin>((origin) => JSON.stringify(origin));
  const ids: string[] = [];
  const parents: string[] = [];
  const times: number[] = [];
  const labels: number[] = [];
  const from: number[] = [];
  const sources: number[] = [];
  const parentCounts: number[] = [];
  const fieldCounts: number[] = [];
  const fields: number[] = [];
  const rest: [number, Rest][] = [];
  let before = 0;
  events.forEach((event, i) => {
    ids.push(event.eventId);
    times.push(event.timestamp - before);
    before = event.timestamp;
    labels.push(texts.numberOf(event.label));
    from.push(origins.numberOf(picked(event, ORIGIN)));
    sources.push(event.source === undefined ? -1 : texts.numberOf(event.source));
    parentCounts.push(event.parentEventIds.length);
    for (const parent of event.parentEventIds) parents.push(parent);
    fieldCounts.push(event.fields?.length ?? 0);
    for (const [name, value] of event.fields ?? []) {
      fields.push(texts.numberOf(name), texts.numberOf(value));
    }
    const few = picked(event, REST);
    if (Object.keys(few).length > 0) rest.push([i, few]);
  });
  return {
    ...{ taskId, texts: texts.items, origins: origins.items, ids: ids.join('') },
    ...{ times, labels, from, sources, parentCounts, parents: parents.join('') },
    ...{ fieldCounts, fields, rest },
  };
}

/** Reads events from columns, in their order. */
export function* fromColumns(columns: TaskColumns): Generator<TraceEvent> {
  const { taskId, texts, origins, rest } = columns;
  const few = new Map(rest);
  let [timestamp, parent, field] = [0, 0, 0];
  for (let i = 0; i < columns.labels.length; i++) {
    timestamp += columns.times[i]!;
    const parentEventIds: string[] = [];
    for (let left = columns.parentCounts[i]!; left > 0; left--) {
      parentEventIds.push(columns.parents.slice(parent, (parent += ID_LENGTH)));
    }
    const fields: [string, string][] = [];
    for (let left = columns.fieldCounts[i]!; left > 0; left--) {
      fields.push([texts[columns.fields[field++]!]!, texts[columns.fields[field++]!]!]);
    }
    const source = texts[columns.sources[i]!];
    yield {
      ...{ taskId, eventId: columns.ids.slice(i * ID_LENGTH, (i + 1) * ID_LENGTH) },
      ...{ parentEventIds, timestamp, label: texts[columns.labels[i]!]! },
      ...origins[columns.from[i]!],
      ...(source !== undefined && { source }),
      ...(fields.length > 0 && { fields }),
      ...few.get(i),
    };
  }
}

/** Numbers things in the order in which they come first. */
class Numbering<T> {
  readonly items: T[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly keyOf: (item: T) => string) {}

  numberOf(item: T): number {
    const key = this.keyOf(item);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.items.push(item) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

function picked<K extends keyof TraceEvent>(
  event: TraceEvent,
  names: readonly K[],
): Partial<Pick<TraceEvent, K>> {
  const some: Partial<Pick<TraceEvent, K>> = {};
  for (const name of names) if (event[name] !== undefined) some[name] = event[name];
  return some;
}
