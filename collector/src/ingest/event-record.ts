import type { TraceEvent } from '../store/store.js';

/** What is wrong with a value, or undefined when it is right. */
type Check = (value: unknown) => boolean;
interface Rule {
  readonly expected: string;
  readonly check: Check;
  readonly isNeeded?: true;
}

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isId: Check = (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
const isTaskId: Check = (value) =>
  typeof value === 'string' && /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isPair: Check = (value) => isListOf(isText)(value) && (value as unknown[]).length === 2;

const text: Rule = { expected: 'a text', check: isText };
const number: Rule = { expected: 'a number', check: isNumber };

/** One row a field of an event. */
const rules: { readonly [K in keyof Required<TraceEvent>]: Rule } = {
  taskId: { expected: '16 or 32 hex digits', check: isTaskId, isNeeded: true },
  eventId: { expected: '16 hex digits', check: isId, isNeeded: true },
  parentEventIds: {
    expected: 'a list of ids, of 16 hex digits each',
    check: isListOf(isId),
    isNeeded: true,
  },
  timestamp: { expected: 'a number of microseconds', check: isNumber, isNeeded: true },
  label: { ...text, isNeeded: true },
  host: text,
  processId: number,
  processName: text,
  threadId: number,
  threadName: text,
  agent: text,
  source: text,
  fields: { expected: 'a list of pairs of texts', check: isListOf(isPair) },
  tags: { expected: 'a list of texts', check: isListOf(isText) },
};

/**
 * Reads an event from the JSON in which the collector answers it. Throws what says what is wrong with it;
 * what it does not know is passed over.
 */
export function readEventRecord(line: string): TraceEvent {
  const record: unknown = JSON.parse(line);
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw new Error(`an event must be an object, but is ${shown(record)}`);
  }
  const values = record as Record<string, unknown>;
  const event: Record<string, unknown> = {};
  for (const [name, { expected, check, isNeeded }] of Object.entries(rules)) {
    const value = values[name];
    if (value === undefined && !isNeeded) continue;
    if (!check(value)) throw new Error(`"${name}" must be ${expected}, but is ${shown(value)}`);
    event[name] = value;
  }
  // Every field was checked by its rule.
  const read = event as unknown as TraceEvent;
  return { ...read, taskId: read.taskId.slice(-16) };
}

/** A value as a message quotes it. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const written = JSON.stringify(value);
  return written.length > 80 ? `${written.slice(0, 80)}…` : written;
}
