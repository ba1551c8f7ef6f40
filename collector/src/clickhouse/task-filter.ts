import { decimalOf } from '../reports/ids.js';
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
    text: {
      sql: "concat(title, '\\n', arrayStringConcat(processes.1, '\\n'), '\\n', arrayStringConcat(tags.1, '\\n'))",
    },
  },
  contains: (sql, parameter) => `positionCaseInsensitiveUTF8(${sql}, ${parameter}) > 0`,
  some: (list, condition) => `arrayExists(item -> ${condition}, ${list})`,
  parameter: (index, value) => `{value${index}: ${typeof value === 'number' ? 'Int64' : 'String'}}`,
  value({ field, value }) {
    if (field === 'id') return decimalOf(String(value).slice(-16));
    // No event has a larger number.
    return typeof value === 'number' ? Math.min(value, Number.MAX_SAFE_INTEGER) : value;
  },
};

/** Writes conditions for `SUMMARIES`, with the values of their parameters by name: all of them must hold. */
export function tasksWhere(conditions: readonly TaskCondition[]): {
  readonly where: string;
  readonly parameters: Parameters;
} {
  const { where, values } = filterOf(conditions, CLICKHOUSE);
  return {
    where,
    parameters: Object.fromEntries(values.map((value, index) => [`value${index}`, value])),
  };
}
