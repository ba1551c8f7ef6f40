import { isEventCondition } from './event-condition.js';
import type { EventCondition } from './event-condition.js';
import type { TaskCondition } from './task-query.js';

/** How a database writes the parts of a condition. */
export interface Dialect<Value> {
  /** What the fields of a search are in SQL. A list matches if one of its items does. */
  readonly columns: Readonly<
    Record<Exclude<TaskCondition['field'], EventCondition['field']>, { sql: string; list?: string }>
  >;
  /** Returns a condition: a text contains a value, whatever the case. */
  readonly contains: (sql: string, parameter: string) => string;
  /** Returns a condition: one item of a list meets another condition. */
  readonly some: (list: string, condition: string) => string;
  /** Returns a condition: one of the task's events meets it. */
  readonly someEvent: (condition: EventCondition, parameter: string, index: number) => string;
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
  dialect: Dialect<Value>,
): SqlFilter<Value> {
  const parts = conditions.map((condition, index) => {
    const { negated, operator } = condition;
    const holds = conditionOf(condition, dialect.parameter(index, condition.value), index, dialect);
    // "Not equal" is true of a list, and of events, if no item is equal.
    return negated !== (operator === '!=') ? `NOT (${holds})` : holds;
  });
  return {
    where: parts.length > 0 ? parts.join(' AND ') : '1',
    values: conditions.map((condition) => dialect.value(condition)),
  };
}

function conditionOf<Value>(
  condition: TaskCondition,
  parameter: string,
  index: number,
  { columns, contains, some, someEvent }: Dialect<Value>,
): string {
  if (isEventCondition(condition)) return someEvent(condition, parameter, index);
  const { field, operator } = condition;
  const { sql, list } = columns[field as keyof typeof columns];
  const isNot = operator === '!=';
  const compared =
    operator === '~' ? contains(sql, parameter) : `${sql} ${isNot ? '=' : operator} ${parameter}`;
  return list ? some(list, compared) : compared;
}
