import { kindOf } from '../../../src/analysis/kinds';
import type { CausalGraph } from '../../../src/graph/causal-graph';
import type { Links } from '../../../src/graph/links';
import { NONE } from '../../../src/graph/task-model';
import type { Strands } from './strands';

// How events are folded: `runs` has, for each event that is not a node of its own, the event whose node it is part of.

/** What is known of a task when it is folded. */
export interface Known {
  readonly graph: CausalGraph;
  readonly shown: Shown;
  readonly strands: Strands;
  readonly hidden: Uint8Array | undefined;
  /** Gets, for each event of a chain, of branches that are alike, or of a group, the event by which that is opened. */
  readonly foldOf: Int32Array;
}

/** Least number of events in a chain, and of branches that are alike, to fold them. */
const LEAST_CHAIN = 3;
const LEAST_BRANCHES = 4;
/** Longer branches are not compared. */
const LONGEST_BRANCH = 16;

/** The edges between the events that are shown. */
export interface Shown {
  readonly parents: Links;
  readonly children: Links;
}

/** Notes, for both events of each operation without anything in between, its begin. */
export function foldOperations(
  { graph: { model, order }, shown: { parents, children } }: Known,
  runs: Int32Array,
): void {
  for (const begin of order) {
    const end = model.begins(begin) ? model.partner[begin]! : NONE;
    if (end === NONE || model.process[end] !== model.process[begin]) continue;
    const isWhole = children.count(begin) === 1 && children.of(begin)[0] === end;
    if (isWhole && parents.count(end) === 1) runs[begin] = runs[end] = begin;
  }
}

/** Notes, for each event of a chain, its first event. */
export function foldChains(
  { graph: { model, order }, shown: { parents, children }, strands, hidden, foldOf }: Known,
  open: ReadonlySet<number>,
  runs: Int32Array,
): void {
  const isBetween = (event: number): boolean => {
    if (hidden?.[event] || parents.count(event) !== 1 || children.count(event) !== 1) return false;
    const [parent, child] = [parents.of(event)[0]!, children.of(event)[0]!];
    const strand = strands.of[event];
    return strands.of[parent] === strand && strands.of[child] === strand && !model.hasError(event);
  };
  // An operation that is one node is in a chain as a whole.
  const isInner = (event: number): boolean =>
    isBetween(event) && (runs[event] === NONE || isBetween(model.partner[event]!));
  const starts = new Int32Array(order.length).fill(NONE);
  const lengths = new Map<number, number>();
  for (const event of order) {
    if (!isInner(event)) continue;
    const parent = parents.of(event)[0]!;
    const start = starts[parent] === NONE ? event : starts[parent]!;
    starts[event] = start;
    lengths.set(start, (lengths.get(start) ?? 0) + 1);
  }
  for (const event of order) {
    const start = starts[event]!;
    if (start === NONE || lengths.get(start)! < LEAST_CHAIN) continue;
    foldOf[event] = start;
    if (!open.has(start)) runs[event] = start;
  }
}

/** Notes, for each event of a branch that is like one before it, the same event of that one. */
export function foldBranches(known: Known, open: ReadonlySet<number>, runs: Int32Array): void {
  const { strands, foldOf } = known;
  const alike = new Map<string, number[][]>();
  for (let strand = 0; strand < strands.count; strand++) {
    const branch = branchOf(known, strand);
    if (branch === undefined) continue;
    const group = alike.get(branch.key);
    if (group === undefined) alike.set(branch.key, [branch.events]);
    else group.push(branch.events);
  }
  for (const [model, ...others] of alike.values()) {
    if (others.length + 1 < LEAST_BRANCHES) continue;
    const key = model![0]!;
    const isOpen = open.has(key);
    for (const event of [model!, ...others].flat()) {
      // A chain in a branch that is open can be opened itself.
      if (!isOpen || foldOf[event] === NONE) foldOf[event] = key;
    }
    if (isOpen) continue;
    for (const events of others) {
      for (const [i, event] of events.entries()) {
        const like = model![i]!;
        runs[event] = runs[like] === NONE ? like : runs[like]!;
      }
    }
  }
}

/**
 * Returns the events of a strand that leaves one event and comes back to one at most, with nothing branching off, and what tells such a
 * branch from others. Nothing if it is another kind of strand, or has failed.
 */
function branchOf(
  { graph: { model }, shown: { parents, children }, strands, hidden }: Known,
  strand: number,
): { readonly key: string; readonly events: number[] } | undefined {
  const events: number[] = [];
  const first = strands.first[strand]!;
  if (parents.count(first) !== 1) return undefined;
  const labels: string[] = [];
  for (let event = first; event !== NONE; event = strands.next[event]!) {
    const next = strands.next[event]!;
    const isSimple =
      parents.count(event) === 1 &&
      children.count(event) <= 1 &&
      (next === NONE || children.of(event)[0] === next);
    if (!isSimple || hidden?.[event] || model.hasError(event) || events.length === LONGEST_BRANCH) {
      return undefined;
    }
    events.push(event);
    labels.push(kindOf(model.labelOf(event)));
  }
  const [from, to] = [parents.of(first)[0], children.of(events.at(-1)!)[0] ?? NONE];
  return { key: JSON.stringify([from, to, model.process[first], ...labels]), events };
}
