import { causalGraph } from '../graph/causal-graph.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import { joinParts } from '../graph/join-parts.js';
import { NONE } from '../graph/task-model.js';
import type { TaskModel } from '../graph/task-model.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { alignClocks } from './clocks.js';
import { criticalPath } from './critical-path.js';
import type { Reason, Step } from './critical-path.js';
import { kindOf } from './kinds.js';
import { coverageOf, operationsOf } from './operations.js';
import type { Coverage } from './operations.js';

/** One wait of a task. Times are in microseconds. */
export interface Wait {
  /** When it begins, after the begin of the task. */
  readonly at: number;
  readonly duration: number;
  readonly reason: Reason;
  /** What was waited for, or the events between which the program was. */
  readonly what: string;
  /** `file:line` where that is known, else the process. */
  readonly where: string;
  /** The events at both ends. */
  readonly from: string;
  readonly to: string;
}

/** Calls of one kind that ran one after the other, with ids and numbers of their labels replaced by `#`. */
export interface OneByOne {
  readonly what: string;
  readonly times: number;
  /** How long they took together, in microseconds. */
  readonly duration: number;
}

/** An event that tells of an error. */
export interface Failure {
  readonly what: string;
  readonly type: string;
  readonly message: string;
  readonly where: string;
  readonly event: string;
}

/** Work that nobody waited for any more, after something else had settled the join. */
export interface Abandoned {
  readonly what: string;
  readonly where: string;
  /** The operation that was going on, or the latest event of the work. */
  readonly event: string;
  /** The event that came after the join. */
  readonly joined: string;
}

/** Why a task took as long as it did. */
export interface Why {
  readonly taskId: string;
  readonly title: string;
  readonly events: number;
  readonly processes: number;
  /** From the first event to the last one of the path, in microseconds. */
  readonly duration: number;
  /** The waits that decided when the task ended, in order. Together they are its duration. */
  readonly path: readonly Wait[];
  /** How operations inside the task filled that time. */
  readonly coverage: Coverage;
  readonly oneByOne: readonly OneByOne[];
  readonly errors: readonly Failure[];
  readonly abandoned: readonly Abandoned[];
  /** Operations that have begun, and not ended. */
  readonly open: readonly string[];
}

/** From so many on, operations that ran one after the other are told. */
const ONE_BY_ONE = 3;
/** Kinds of operations that could have been begun earlier. */
const CALLS = new Set<string | undefined>(['client', 'producer']);

/** Explains why a task took as long as it did. Takes at least one event. */
export function explainWaits(events: Iterable<TraceEvent>): Why {
  const graph = causalGraph(events);
  const time = alignClocks(graph);
  return explainPath(graph, time, criticalPath(graph, time));
}

/** Explains a task whose path is known. */
export function explainPath(graph: CausalGraph, time: Float64Array, steps: readonly Step[]): Why {
  const { model, order } = graph;
  const first = order[0]!;
  const start = steps[0]?.from ?? first;
  const end = steps.at(-1)?.to ?? first;
  const operations = operationsOf(graph, time);
  const inside = operations.filter(({ begin }) => begin !== start);
  return {
    taskId: model.taskId,
    title: titleOf(model, start, end),
    events: model.size,
    processes: model.processes.length,
    duration: time[end]! - time[start]!,
    path: steps.map((step) => ({
      ...{ at: step.at, duration: step.duration, reason: step.reason },
      ...{ what: whatIs(model, step), where: whereOf(model, step) },
      ...{ from: model.ids[step.from]!, to: model.ids[step.to]! },
    })),
    coverage: coverageOf(inside, time[start]!, time[end]!),
    oneByOne: oneByOne(model, steps, time),
    errors: Array.from(
      order.filter((i) => model.hasError(i)),
      (i) => failureOf(model, i),
    ),
    abandoned: joinParts(model)
      .filter(({ state }) => state === 'abandoned')
      .map(({ part, joined }) => ({
        ...{ what: model.labelOf(part), where: whereIs(model, part, joined) },
        ...{ event: model.ids[part]!, joined: model.ids[joined]! },
      })),
    open: operations.filter((one) => one.end === NONE).map(({ begin }) => model.labelOf(begin)),
  };
}

/** Returns what a step was: the operation that was waited for, or the events between which it is. */
export function whatIs(model: TaskModel, { from, to, reason, operation }: Step): string {
  if (reason === 'operation') return model.labelOf(operation);
  if (reason === 'request' || reason === 'queue') return model.labelOf(to);
  return `${model.labelOf(from)} → ${model.labelOf(to)}`;
}

/** An operation is where it began, whatever the step begins and ends with. */
export function whereOf(model: TaskModel, { from, to, reason, operation }: Step): string {
  const source = reason === 'operation' ? model.sourceOf(operation) : undefined;
  return source ?? whereIs(model, from, to);
}

function whereIs(model: TaskModel, from: number, to: number): string {
  const { name, processId } = model.processOf(from);
  return (
    model.sourceOf(from) ??
    model.sourceOf(to) ??
    (processId === undefined ? name : `${name} (${processId})`)
  );
}

/** Calls that are whole on the path ran after one another: the path has one thing at a time. */
function oneByOne(model: TaskModel, steps: readonly Step[], time: Float64Array): OneByOne[] {
  const counts = new Map<string, { times: number; duration: number }>();
  const onPath = new Set(steps.map(({ from }) => from));
  for (const { to } of steps) {
    const begin = model.begunBy(to);
    if (begin === NONE || !onPath.has(begin) || !CALLS.has(model.fieldOf(begin, 'kind'))) continue;
    const what = kindOf(model.labelOf(begin));
    const known = counts.get(what) ?? { times: 0, duration: 0 };
    const duration = time[to]! - time[begin]!;
    counts.set(what, { times: known.times + 1, duration: known.duration + duration });
  }
  return [...counts]
    .filter(([, { times }]) => times >= ONE_BY_ONE)
    .map(([what, known]) => ({ what, ...known }))
    .sort((a, b) => b.duration - a.duration);
}

function failureOf(model: TaskModel, i: number): Failure {
  const begin = model.begunBy(i);
  return {
    what: model.labelOf(i),
    type: model.fieldOf(i, 'error.type') ?? '',
    message: model.fieldOf(i, 'error.message') ?? '',
    where: whereIs(model, i, begin === NONE ? i : begin),
    event: model.ids[i]!,
  };
}

/** Returns the title of a task, as lists have it: an end that knows no better name says only that it is one. */
function titleOf(model: TaskModel, start: number, end: number): string {
  const begun = model.labelOf(start);
  const ended = model.partner[end] === start ? model.labelOf(end) : begun;
  return ended === `${begun} ended` ? begun : ended;
}
