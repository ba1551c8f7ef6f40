import { CollectorError } from '../errors.js';
import { parseTaskId } from './task-id.js';
import { parseTerms } from './terms.js';
import type { Operator, Term } from './terms.js';

/** What tasks can be searched by. */
export type TaskField = keyof typeof TASK_FIELDS;

/** What a field holds: how its values are written, and a description for people. */
export const TASK_FIELDS = {
  title: { kind: 'text', about: 'the name of the task' },
  method: { kind: 'text', about: 'the method of the request: GET' },
  route: { kind: 'text', about: 'its route or path: /carts/:id' },
  status: { kind: 'text', about: 'the status of its answer: 500' },
  process: { kind: 'text', about: 'the name of a process' },
  tag: { kind: 'text', about: 'a tag of an event' },
  duration: { kind: 'duration', about: 'how long it took: >100ms' },
  events: { kind: 'number', about: 'how many events' },
  errors: { kind: 'number', about: 'how many events with an error' },
  start: { kind: 'time', about: 'when it began: >-15m, <2026-01-31T12:00' },
  end: { kind: 'time', about: 'when its latest event was' },
  id: { kind: 'id', about: 'the id of the task' },
  label: { kind: 'text', about: 'the label of one of its events' },
  text: { kind: 'text', about: 'a label, a field or a tag of one of its events' },
} as const;

/** How a field of events is named in a search, if its name has no dot: `field.cart=7`. */
const EVENT_FIELD = 'field.';

/** One condition that a task must meet. Times and durations are in microseconds. */
export interface TaskCondition {
  readonly negated: boolean;
  /** `word` for a word, which the title, processes or tags may contain, `field` for a field of one of its events. */
  readonly field: TaskField | 'word' | 'field';
  /** Of the field of an event. */
  readonly name?: string;
  readonly operator: Operator;
  readonly value: string | number;
}

const MOST_TERMS = 50;

const UNITS = { us: 1, ms: 1e3, s: 1e6, m: 60e6, min: 60e6, h: 3600e6, d: 86_400e6 } as const;

/**
 * Reads a search for tasks, such as `route=/carts duration>100ms error`. The word `error` stands for `errors>0`. `now` is in
 * microseconds since 1970, for times such as `-15m`.
 *
 * Throws `TL_QUERY_INVALID` for a field that does not exist, and a value that is not of its kind.
 */
export function parseTaskQuery(text: string, now = Date.now() * 1000): TaskCondition[] {
  const terms = parseTerms(text);
  if (terms.length > MOST_TERMS) {
    throw invalid(`A search may have ${MOST_TERMS} terms, and this one has ${terms.length}.`);
  }
  return terms.map((term) => conditionOf(term, now));
}

function conditionOf({ negated, field, value }: Term, now: number): TaskCondition {
  if (field === undefined) {
    if (/^errors?$/.test(value)) return { negated, field: 'errors', operator: '>', value: 0 };
    return { negated, field: 'word', operator: '~', value };
  }
  const { name, operator } = field;
  // Names of OpenTelemetry's conventions have dots: `db.system.name=postgresql`.
  if (name.includes('.')) {
    checkOperator(name, 'text', operator);
    const of = name.startsWith(EVENT_FIELD) ? name.slice(EVENT_FIELD.length) : name;
    return { negated, field: 'field', name: of, operator, value };
  }
  if (!Object.hasOwn(TASK_FIELDS, name)) {
    throw invalid(
      `Tasks have no field ${JSON.stringify(name)}. They have ${Object.keys(TASK_FIELDS).join(', ')}. A field of events is ${JSON.stringify(EVENT_FIELD + name)}.`,
    );
  }
  const known = name as TaskField;
  const { kind } = TASK_FIELDS[known];
  checkOperator(name, kind, operator);
  return { negated, field: known, operator, value: READ[kind](value, name, now) };
}

function checkOperator(name: string, kind: keyof typeof OPERATORS, operator: string): void {
  const fit = OPERATORS[kind];
  if (fit.split(/, | and /).includes(operator)) return;
  throw invalid(`The field "${name}" has the operators ${fit}, got "${operator}".`);
}

/** The operators of each kind of value. */
const OPERATORS = {
  text: '=, != and ~',
  id: '= and !=',
  number: '=, !=, >, >=, < and <=',
  duration: '=, !=, >, >=, < and <=',
  time: '=, !=, >, >=, < and <=',
} as const;

const READ: Readonly<
  Record<
    (typeof TASK_FIELDS)[TaskField]['kind'],
    (value: string, name: string, now: number) => string | number
  >
> = {
  text: (value) => value,
  id(value) {
    try {
      return parseTaskId(value)[0]!;
    } catch (error) {
      throw invalid((error as CollectorError).message.replace(/ \(TL_\w+\)$/, ''));
    }
  },
  number(value, name) {
    if (/^\d{1,15}$/.test(value)) return Number(value);
    throw invalid(`"${name}" must be a whole number, got ${JSON.stringify(value)}.`);
  },
  duration(value, name) {
    const micros = durationOf(value);
    if (micros !== undefined) return micros;
    throw invalid(
      `"${name}" must be a duration such as 100ms or 1.5s, got ${JSON.stringify(value)}.`,
    );
  },
  time(value, name, now) {
    const ago = value.startsWith('-') ? durationOf(value.slice(1)) : undefined;
    if (ago !== undefined) return now - ago;
    if (/^\d{15,17}$/.test(value)) return Number(value);
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return time * 1000;
    throw invalid(
      `"${name}" must be a date such as 2026-01-31T12:00 or a time ago such as -15m, got ${JSON.stringify(value)}.`,
    );
  },
};

/** Reads a duration with its unit, in microseconds; milliseconds without one. */
function durationOf(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([a-zµ]*)$/.exec(text.replace('µ', 'u')) ?? [];
  if (number === undefined) return undefined;
  const name = unit === '' ? 'ms' : unit!;
  if (!Object.hasOwn(UNITS, name)) return undefined;
  return Math.round(Number(number) * UNITS[name as keyof typeof UNITS]);
}

function invalid(message: string): CollectorError {
  return new CollectorError('TL_QUERY_INVALID', message);
}
