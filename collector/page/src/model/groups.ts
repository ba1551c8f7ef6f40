import { kindOf } from '../../../src/analysis/kinds';
import { NONE } from '../../../src/graph/task-model';
import type { TaskModel } from '../../../src/graph/task-model';
import type { Known } from './folds';

/** What events of a group have in common. */
export const GROUPS = ['process', 'source', 'label'] as const;
export type GroupBy = (typeof GROUPS)[number];

/**
 * Notes, for each event of a group, its first event. A group has the events of one process with the same key that are equally many
 * changes of the key away from the root, on the longest way. So no edge leads back: an edge to another key leads to a later change.
 */
export function foldGroups(
  { graph: { model, order }, shown: { parents }, hidden, foldOf }: Known,
  by: GroupBy,
  open: ReadonlySet<number>,
  runs: Int32Array,
): void {
  const keys = keysOf(model, by);
  const changes = new Int32Array(model.size);
  const groups = new Map<string, number[]>();
  for (const event of order) {
    if (hidden?.[event]) continue;
    for (const parent of parents.of(event)) {
      const isOther = keys[parent] === NONE || keys[parent] !== keys[event];
      changes[event] = Math.max(changes[event]!, changes[parent]! + (isOther ? 1 : 0));
    }
    if (keys[event] === NONE) continue;
    const name = `${keys[event]} ${changes[event]}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [event]);
    else group.push(event);
  }
  for (const events of groups.values()) {
    const first = events[0]!;
    if (events.length === 1) continue;
    for (const event of events) {
      foldOf[event] = first;
      if (!open.has(first)) runs[event] = first;
    }
  }
}

/** Returns a number for each event: the same for those that may be in a group. `NONE` for what has no line. */
function keysOf(model: TaskModel, by: GroupBy): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from({ length: model.size }, (_, event) => {
    const text = groupKey(model, event, by);
    if (text === undefined || text === '') return NONE;
    const key = `${model.process[event]} ${text}`;
    let number = known.get(key);
    if (number === undefined) known.set(key, (number = known.size));
    return number;
  });
}

/** Returns what the events of a group have in common, by one of them: the end of an operation is of the same kind as its begin. */
export function groupKey(model: TaskModel, event: number, by: GroupBy): string | undefined {
  return KEYS[by](model, event);
}

const KEYS: Readonly<Record<GroupBy, (model: TaskModel, event: number) => string | undefined>> = {
  process: (model, event) => String(model.process[event]),
  source: (model, event) => model.sourceOf(begunBy(model, event)),
  label: (model, event) => kindOf(model.labelOf(begunBy(model, event))),
};

/** An operation ends in the group in which it begins, if nothing else is in between. */
function begunBy(model: TaskModel, event: number): number {
  const begin = model.begunBy(event);
  return begin === NONE || model.process[begin] !== model.process[event] ? event : begin;
}
