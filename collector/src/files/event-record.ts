import type { TraceEvent } from '../reports/trace-event.js';

/** Returns true when a value is valid. */
type Check = (value: unknown) => boolean;
interface Rule {
  readonly expected: string;
  readonly check: Check;
  readonly isRequired?: true;
}

const isString: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isId: Check = (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
const isTaskId: Check = (value) =>
  typeof value === 'string' && /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(value);
const isDecimal: Check = (value) => typeof value === 'string' && /^-?\d{1,19}$/.test(value);
const isArrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isPair: Check = (value) => isArrayOf(isString)(value) && (value as unknown[]).length === 2;

const text: Rule = { expected: 'a string', check: isString };
const number: Rule = { expected: 'a number', check: isNumber };

/** The rule for each field of an event. */
const rules: { readonly [K in keyof Required<TraceEvent>]: Rule } = {
  taskId: { expected: '16 or 32 hex digits', check: isTaskId, isRequired: true },
  eventId: { expected: '16 hex digits', check: isId, isRequired: true },
  parentEventIds: {
    expected: 'an array of ids of 16 hex digits each',
    check: isArrayOf(isId),
    isRequired: true,
  },
  timestamp: { expected: 'a number of microseconds', check: isNumber, isRequired: true },
  label: { ...text, isRequired: true },
  host: text,
  processId: number,
  processName: text,
  threadId: number,
  threadName: text,
  agent: text,
  source: text,
  fields: { expected: 'an array of [string, string] pairs', check: isArrayOf(isPair) },
  tags: { expected: 'an array of strings', check: isArrayOf(isString) },
  hrt: { expected: 'a decimal', check: isDecimal },
  cycles: { expected: 'a decimal', check: isDecimal },
  tenantClass: number,
};

/**
 * Reads an event from JSON in the format of the collector's `/api/tasks/TASK`. Ignores unknown fields.
 *
 * Throws an `Error` without a code that names the invalid field; the caller adds file and line.
 */
export function readEventRecord(line: string): TraceEvent {
  const record: unknown = JSON.parse(line);
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw new Error(`an event must be an object, got ${preview(record)}`);
  }
  const values = record as Record<string, unknown>;
  const event: Record<string, unknown> = {};
  for (const [name, { expected, check, isRequired }] of Object.entries(rules)) {
    const value = values[name];
    if (value === undefined && !isRequired) continue;
    if (!check(value)) throw new Error(`"${name}" must be ${expected}, got ${preview(value)}`);
    event[name] = value;
  }
  // Every field was checked by its rule.
  return event as unknown as TraceEvent;
}

/** Returns a value as JSON for a message, cut to 80 characters. */
function preview(value: unknown): string {
  if (value === undefined) return 'nothing';
  const written = JSON.stringify(value);
  return written.length > 80 ? `${written.slice(0, 80)}…` : written;
}
