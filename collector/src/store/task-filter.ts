import type { TaskCondition } from '../search/task-query.js';
import type { Value } from './driver.js';

/** A condition in SQL, with the values of its parameters. */
export interface SqlFilter {
  readonly where: string;
  readonly values: readonly Value[];
}

/** The columns behind the fields of a search. A list matches if one of its items does. */
const COLUMNS: Readonly<Record<TaskCondition['field'], { sql: string; list?: string }>> = {
  title: { sql: 'title' },
  route: { sql: "substr(title, instr(title, ' ') + 1)" },
  process: { sql: "json_extract(value, '$[0]')", list: 'processes' },
  tag: { sql: 'value', list: 'tags' },
  duration: { sql: 'last - first' },
  events: { sql: 'events' },
  errors: { sql: 'errors' },
  start: { sql: 'first' },
  id: { sql: 'low' },
  text: { sql: 'title || char(10) || processes || char(10) || tags' },
};

/** Writes conditions as SQL: all of them must hold. */
export function filterOf(conditions: readonly TaskCondition[]): SqlFilter {
  const parts = conditions.map(({ negated, field, operator }) => {
    const { sql, list } = COLUMNS[field];
    // "Not equal" is true of a list if no item is equal.
    const isNot = operator === '!=';
    const compared =
      operator === '~' ? `${sql} LIKE ? ESCAPE '\\'` : `${sql} ${isNot ? '=' : operator} ?`;
    const some = list ? `EXISTS (SELECT 1 FROM json_each(${list}) WHERE ${compared})` : compared;
    return negated !== isNot ? `NOT (${some})` : some;
  });
  return {
    where: parts.length > 0 ? parts.join(' AND ') : '1',
    values: conditions.map(({ field, operator, value }) => {
      if (field === 'id') return Buffer.from(String(value).slice(-16), 'hex').reverse();
      return operator === '~' ? `%${String(value).replace(/[\\%_]/g, '\\$&')}%` : value;
    }),
  };
}
