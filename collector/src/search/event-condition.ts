import type { TaskCondition } from './task-query.js';

/** A condition that one of a task's events must meet, and not the task as a whole. */
export interface EventCondition extends TaskCondition {
  readonly field: 'label' | 'text' | 'field';
}

export function isEventCondition(condition: TaskCondition): condition is EventCondition {
  return condition.field === 'label' || condition.field === 'text' || condition.field === 'field';
}

/** Returns what tells if a text meets a condition. `!=` is true of a task if no event is equal, so it is as `=` here. */
export function textTest({ operator, value }: EventCondition): (text: string) => boolean {
  const wanted = String(value);
  if (operator !== '~') return (text) => text === wanted;
  const lower = wanted.toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}
