import { client } from '../xtrace/log.js';
import type { TaskId } from '../xtrace/ids.js';

/** The digits of a task's id that decide: they are random in every kind of id. */
const DIGITS = 8;

/**
 * Keeps the events of a part of all tasks. The id of a task decides, so that the same tasks are kept wherever they go (W3C
 * Trace Context Level 2, "random-trace-id", says which part of an id is there for this).
 */
export function keepOnly(part: number): void {
  const bound = part * 16 ** DIGITS;
  client.state.keeps = (taskId) => numberIn(taskId) < bound;
}

/** Returns true if the events of a task are kept. */
export function isKept(taskId: TaskId): boolean {
  return client.state.keeps?.(taskId) ?? true;
}

function numberIn(taskId: TaskId): number {
  return Number.parseInt(taskId.slice(-DIGITS), 16);
}
