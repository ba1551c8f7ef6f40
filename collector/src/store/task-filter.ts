import { isEventCondition } from '../search/event-condition.js';
import type { EventCondition } from '../search/event-condition.js';
import { filterOf } from '../search/sql-filter.js';
import type { Dialect, SqlFilter } from '../search/sql-filter.js';
import type { TaskCondition } from '../search/task-query.js';
import type { Value } from './driver.js';

/** How long a task took: the operation that begins it, or all of its events. */
export const DURATION = 'ifnull(ended, last) - first';

/** A title of a request is its method, its route, and the status of its answer: `GET /carts/:id 200`. */
const REST = "substr(title, instr(title, ' ') + 1)";

/** The first word of a text, in SQL. */
function word(sql: string): string {
  return `substr(${sql}, 1, instr(${sql} || ' ', ' ') - 1)`;
}

/** The route of a title. A request that is sent has the host before the path: `GET shop.internal/carts 200`. */
const TARGET = word(REST);
const ROUTE = `iif(instr(title, ' ') = 0, title, substr(${TARGET}, max(instr(${TARGET}, '/'), 1)))`;

/** `tasksWith` returns the numbers of the tasks with an event that meets a condition, as JSON. */
function dialect(tasksWith: (condition: EventCondition) => string): Dialect<Value> {
  return {
    columns: {
      title: { sql: 'title' },
      method: { sql: word('title') },
      route: { sql: ROUTE },
      status: { sql: `substr(${REST}, instr(${REST} || ' ', ' ') + 1)` },
      process: { sql: "json_extract(value, '$[0]')", list: 'processes' },
      tag: { sql: 'value', list: 'tags' },
      duration: { sql: DURATION },
      events: { sql: 'events' },
      errors: { sql: 'errors' },
      start: { sql: 'first' },
      end: { sql: 'last' },
      id: { sql: 'low' },
      word: {
        sql: `title || char(10) || (SELECT ifnull(group_concat(json_extract(value, '$[0]'), char(10)), '') FROM json_each(processes))
        || char(10) || (SELECT ifnull(group_concat(value, char(10)), '') FROM json_each(tags))`,
      },
    },
    contains: (sql, parameter) => `${sql} LIKE ${parameter} ESCAPE '\\'`,
    some: (list, condition) => `EXISTS (SELECT 1 FROM json_each(${list}) WHERE ${condition})`,
    someEvent: (_, parameter) => `number IN (SELECT value FROM json_each(${parameter}))`,
    parameter: () => '?',
    value(condition) {
      if (isEventCondition(condition)) return tasksWith(condition);
      const { field, operator, value } = condition;
      if (field === 'id') return Buffer.from(String(value).slice(-16), 'hex').reverse();
      return operator === '~' ? `%${String(value).replace(/[\\%_]/g, '\\$&')}%` : value;
    },
  };
}

/** Writes conditions for the table `tasks` of SQLite: all of them must hold. */
export function tasksWhere(
  conditions: readonly TaskCondition[],
  tasksWith: (condition: EventCondition) => string,
): SqlFilter<Value> {
  return filterOf(conditions, dialect(tasksWith));
}
