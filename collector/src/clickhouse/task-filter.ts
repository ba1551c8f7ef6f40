import { toDecimal } from '@throughline/runtime/report';
import type { EventCondition } from '../search/event-condition.js';
import { filterOf } from '../search/sql-filter.js';
import type { Dialect } from '../search/sql-filter.js';
import type { TaskCondition } from '../search/task-query.js';
import type { Parameters } from './connection.js';

// The same as for SQLite (`store/task-filter.ts`), in ClickHouse's functions. Columns are those of `SUMMARIES`.

const REST = "substring(title, position(title, ' ') + 1)";

function word(sql: string): string {
  return `substring(${sql}, 1, position(concat(${sql}, ' '), ' ') - 1)`;
}

const TARGET = word(REST);
const ROUTE = `if(position(title, ' ') = 0, title, substring(${TARGET}, greatest(position(${TARGET}, '/'), 1)))`;

const CLICKHOUSE: Dialect<string | number> = {
  columns: {
    title: { sql: 'title' },
    method: { sql: word('title') },
    route: { sql: ROUTE },
    status: { sql: `substring(${REST}, position(concat(${REST}, ' '), ' ') + 1)` },
    process: { sql: 'item', list: 'processes.1' },
    tag: { sql: 'item', list: 'tags.1' },
    duration: { sql: 'duration' },
    events: { sql: 'events' },
    errors: { sql: 'errors' },
    start: { sql: 'first' },
    end: { sql: 'last' },
    id: { sql: 'toString(task)' },
    word: {
      sql: "concat(title, '\\n', arrayStringConcat(processes.1, '\\n'), '\\n', arrayStringConcat(tags.1, '\\n'))",
    },
  },
  contains: (sql, parameter) => `positionCaseInsensitiveUTF8(${sql}, ${parameter}) > 0`,
  some: (list, condition) => `arrayExists(item -> ${condition}, ${list})`,
  someEvent: (condition, parameter, index) =>
    `task GLOBAL IN (SELECT task FROM events WHERE ${eventCondition(condition, parameter, index)})`,
  parameter: (index, value) => `{value${index}: ${typeof value === 'number' ? 'Int64' : 'String'}}`,
  value({ field, value }) {
    if (field === 'id') return toDecimal(String(value).slice(-16));
    // No event has a larger number.
    return typeof value === 'number' ? Math.min(value, Number.MAX_SAFE_INTEGER) : value;
  },
};

/** Writes what an event must meet. */
function eventCondition({ field, operator }: EventCondition, value: string, index: number): string {
  const meets = (text: string): string =>
    operator === '~' ? CLICKHOUSE.contains(text, value) : `${text} = ${value}`;
  if (field === 'label') return meets('label');
  if (field === 'field') {
    return `arrayExists((name, text) -> name = {name${index}: String} AND ${meets('text')}, field_names, field_values)`;
  }
  const lists = ['field_values', 'tags'].map(
    (list) => `arrayExists(text -> ${meets('text')}, ${list})`,
  );
  return [meets('label'), ...lists].join(' OR ');
}

/** Writes conditions for `SUMMARIES`, with the values of their parameters by name: all of them must hold. */
export function tasksWhere(conditions: readonly TaskCondition[]): {
  readonly where: string;
  readonly parameters: Parameters;
} {
  const { where, values } = filterOf(conditions, CLICKHOUSE);
  return {
    where,
    parameters: {
      ...Object.fromEntries(values.map((value, index) => [`value${index}`, value])),
      ...Object.fromEntries(conditions.map(({ name = '' }, index) => [`name${index}`, name])),
    },
  };
}
