import type { TASK_ORDERS } from './store.js';

/** What tasks are sorted by, in SQL, the smallest first. The duration is written in more than one way. */
const COLUMNS = {
  last: 'last',
  start: 'first',
  events: 'events',
  errors: 'errors',
  title: 'title',
};

/** Returns what tasks are sorted by, in SQL: the largest first, but titles from A to Z, or the other way round. */
export function taskOrder(
  order: (typeof TASK_ORDERS)[number],
  reversed: boolean,
  duration: string,
): string {
  const column = order === 'duration' ? duration : COLUMNS[order];
  return (order === 'title') === reversed ? `${column} DESC` : column;
}
