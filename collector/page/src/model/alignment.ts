import { kindOf } from '../../../src/analysis/kinds';
import { operationsAround } from '../../../src/analysis/operations';
import { NONE } from '../../../src/graph/task-model';
import type { OpenTask } from './open-task';

/** Which event of another task each event corresponds to. */
export interface Alignment {
  /** By event of the first task and of the second: the event of the other one, or `NONE`. */
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/**
 * Aligns two tasks by their structure. Two events correspond if their labels do, with ids and numbers left out, as do the operations
 * around them; of several like that, they correspond in their order. So an event more leaves all others where they were.
 */
export function align(a: OpenTask, b: OpenTask): Alignment {
  const first = new Int32Array(a.graph.model.size).fill(NONE);
  const second = new Int32Array(b.graph.model.size).fill(NONE);
  const waiting = new Map<string, number[]>();
  const keys = new Map<string, number>();
  const keyed = keysOf(a, keys);
  for (const event of a.graph.order) {
    const known = waiting.get(keyed[event]!);
    if (known === undefined) waiting.set(keyed[event]!, [event]);
    else known.push(event);
  }
  for (const list of waiting.values()) list.reverse();
  const others = keysOf(b, keys);
  for (const event of b.graph.order) {
    const match = waiting.get(others[event]!)?.pop();
    if (match === undefined) continue;
    first[match] = event;
    second[event] = match;
  }
  return { first, second };
}

/** Returns a key for each event: its kind, and the key of the operation around it as a number that both tasks share. */
function keysOf({ graph }: OpenTask, numbers: Map<string, number>): string[] {
  const { model, order } = graph;
  const around = operationsAround(graph);
  const keys: string[] = [];
  for (const event of order) {
    const outer = around[event] === NONE ? '' : (keys[around[event]!] ?? '');
    const number = numbers.get(outer) ?? numbers.size;
    numbers.set(outer, number);
    const { name } = model.processOf(event);
    const role = model.begins(event) ? 'begin' : model.partner[event] === NONE ? '' : 'end';
    keys[event] = `${number}\n${name}\n${role}\n${kindOf(model.labelOf(event))}`;
  }
  return keys;
}
