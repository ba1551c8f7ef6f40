import type { CausalGraph } from '../graph/causal-graph.js';
import { NONE } from '../graph/task-model.js';
import type { TaskModel } from '../graph/task-model.js';
import { operationsAround } from './operations.js';

/** Why a step of the path took its time. */
export type Reason =
  /** An operation ran whose inside is not known: a query, a request to a service that is not traced. */
  | 'operation'
  /** A request was on its way to another process. */
  | 'request'
  /** An answer was on its way back. */
  | 'answer'
  /** A message was on its way to another thread or process, or was being handled there. */
  | 'message'
  /** A message waited for somebody to handle it. */
  | 'queue'
  /** The program ran, or waited for something that is not logged. */
  | 'program';

/** One edge of the path that decided when a task ended. */
export interface Step {
  /** The events at both ends, by index. */
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
  /** For the reason `operation`, its begin; else `NONE`. */
  readonly operation: number;
  /** The begin of the operation whose time it is: the one that was waited for, or else the innermost around it. `NONE` without one. */
  readonly within: number;
  /** When it begins, in microseconds after the task. */
  readonly at: number;
  /** How long it took, in microseconds. */
  readonly duration: number;
}

/**
 * Returns the path that decided when a task ended: from the end, at each event on to the parent that came last. Had any of its steps been
 * shorter, the task would have ended earlier; had another one been, it would not. `time` is that of `alignClocks`.
 */
export function criticalPath(graph: CausalGraph, time: Float64Array): Step[] {
  const end = lastEvent(graph, time);
  if (end === NONE) return [];
  const path = [...causesOf(graph, time, end).reverse(), end];
  const origin = time[path[0]!]!;
  const around = operationsAround(graph);
  return path.slice(1).map((to, i) => {
    const from = path[i]!;
    const at = time[from]! - origin;
    const operation = operationIn(graph.model, around, from, to);
    const reason = operation === NONE ? reasonOf(graph.model, from, to) : 'operation';
    const within = operation === NONE ? operationOver(graph.model, around, from, to) : operation;
    return { from, to, reason, operation, within, at, duration: time[to]! - time[from]! };
  });
}

/** Returns the chain of causes of an event, each the parent that came last, at most `most` of them. The nearest comes first. */
export function causesOf(
  { parents }: CausalGraph,
  time: Float64Array,
  event: number,
  most = Infinity,
): number[] {
  const causes: number[] = [];
  const seen = new Set([event]);
  for (let at = event; causes.length < most;) {
    at = latestOf(parents.of(at), time);
    if (at === NONE || seen.has(at)) break;
    seen.add(at);
    causes.push(at);
  }
  return causes;
}

/** Returns the end of the operation that begins the task, or the latest event. `NONE` without events. */
export function lastEvent({ model, order }: CausalGraph, time: Float64Array): number {
  const first = order[0];
  if (first === undefined) return NONE;
  const end = model.begins(first) ? model.partner[first]! : NONE;
  return end === NONE ? latestOf(order, time) : end;
}

function latestOf(events: Int32Array, time: Float64Array): number {
  let latest = NONE;
  for (const event of events) if (latest === NONE || time[event]! >= time[latest]!) latest = event;
  return latest;
}

/** Kinds of operations whose inside is elsewhere: what happens in between does not end the wait for them. */
const ELSEWHERE = new Set<string | undefined>(['client', 'producer']);
/** Kinds of operations in which the program itself works. */
const SERVED = new Set<string | undefined>(['server', 'consumer']);

/** Returns the operation that a step within one process waited for, or `NONE`. */
function operationIn(model: TaskModel, around: Int32Array, from: number, to: number): number {
  if (model.process[from] !== model.process[to]) return NONE;
  const begin = model.begunBy(to);
  if (begin === from && !SERVED.has(model.fieldOf(from, 'kind'))) return from;
  // An event that was logged meanwhile, such as a line of a log, is within the wait.
  const inside = begin === NONE ? around[to]! : begin;
  const isBegun = inside !== NONE && (inside === from || around[from] === inside);
  return isBegun && ELSEWHERE.has(model.fieldOf(inside, 'kind')) ? inside : NONE;
}

function reasonOf(model: TaskModel, from: number, to: number): Exclude<Reason, 'operation'> {
  if (model.fieldOf(to, 'kind') === 'consumer') return 'queue';
  if (model.process[from] === model.process[to]) return 'program';
  if (model.begins(from)) return 'request';
  return model.begunBy(to) === NONE ? 'message' : 'answer';
}

/** Returns the operation whose time a step is that waits for none: on the way between processes, that of who has asked. */
function operationOver(model: TaskModel, around: Int32Array, from: number, to: number): number {
  const ended = model.begunBy(to);
  if (model.process[from] !== model.process[to] && !model.begins(from) && ended !== NONE)
    return ended;
  return model.begins(from) ? from : around[from]!;
}
