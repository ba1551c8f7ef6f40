import type { TaskCondition } from './task-query.js';

/** How a database writes the parts of a condition. */
export interface Dialect<Value> {
  /** What the fields of a search are in SQL. A list matches if one of its items does. */
  readonly columns: Readonly<Record<TaskCondition['field'], { sql: string; list?: string }>>;
  /** Returns a condition: a text contains a value, whatever the case. */
  readonly contains: (sql: string, parameter: string) => string;
  /** Returns a condition: one item of a list meets another condition. */
  readonly some: (list: string, condition: string) => string;
  /** Returns how a value is referred to. */
  readonly parameter: (index: number, value: string | number) => string;
  /** Returns what the database is given for a value. */
  readonly value: (condition: TaskCondition) => Value;
}

/** A condition in SQL, with the values of its parameters. */
export interface SqlFilter<Value> {
  readonly where: string;
  readonly values: readonly Value[];
}

/** Writes conditions as SQL: all of them must hold. */
export function filterOf<Value>(
  conditions: readonly TaskCondition[],
  { columns, contains, some, parameter, value }: Dialect<Value>,
): SqlFilter<Value> {
  const parts = conditions.map((condition, index) => {
    const { negated, field, operator } = condition;
    const { sql, list } = columns[field];
    // "Not equal" is true of a list if no item is equal.
    const isNot = operator === '!=';
    const name = parameter(index, condition.value);
    const compared =
      operator === '~' ? contains(sql, name) : `${sql} ${isNot ? '=' : operator} ${name}`;
    const holds = list ? some(list, compared) : compared;
    return negated !== isNot ? `NOT (${holds})` : holds;
  });
  return {
    where: parts.length > 0 ? parts.join(' AND ') : '1',
    values: conditions.map((condition) => value(condition)),
  };
}
