import { NONE } from './task-model.js';
import type { TaskModel } from './task-model.js';

/** What became of a part of a join that is not simply over: it failed, or nobody waited for it any more. */
export type PartState = 'failed' | 'abandoned';

/** A part of a join, as the event after the join names it. Events are indexes. */
export interface JoinPart {
  /** The part's latest event, or the begin of the operation that it waited for. */
  readonly part: number;
  /** The event after the join. */
  readonly joined: number;
  readonly state: PartState;
}

/** The fields that name parts. Each may be there several times. */
const FIELDS: Readonly<Record<string, PartState>> = {
  'join.failed': 'failed',
  'join.abandoned': 'abandoned',
};

/** Returns the failed and abandoned parts of all joins of a task. Parts that have not arrived are left out. */
export function joinParts(model: TaskModel): JoinPart[] {
  const found: JoinPart[] = [];
  for (const [name, state] of Object.entries(FIELDS)) {
    for (const joined of model.eventsWith(name)) {
      for (const id of model.valuesOf(joined, name)) {
        const part = model.indexOf(id);
        if (part !== NONE) found.push({ part, joined, state });
      }
    }
  }
  return found;
}
