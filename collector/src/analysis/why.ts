import { causalGraph } from '../graph/causal-order.js';
import type { CausalGraph } from '../graph/causal-order.js';
import type { TraceEvent } from '../store/store.js';
import { alignClocks } from './clocks.js';
import type { Clock } from './clocks.js';
import { criticalPath } from './critical-path.js';
import type { Reason, Step } from './critical-path.js';
import { ends, fieldOf, processOf } from './fields.js';
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

/** Operations with one label that ran one after the other, though each might have run beside the one before. */
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
  /** Operations that have begun, and not ended. */
  readonly open: readonly string[];
}

/** From so many on, operations that ran one after the other are told. */
const ONE_BY_ONE = 3;

/** Explains why a task took as long as it did. Takes at least one event. */
export function explainWaits(events: readonly TraceEvent[]): Why {
  const graph = causalGraph(events);
  const clock = alignClocks(graph);
  return explainPath(graph, clock, criticalPath(graph, clock));
}

/** Explains a task whose path is known. */
export function explainPath(graph: CausalGraph, clock: Clock, steps: readonly Step[]): Why {
  const { events } = graph;
  const [first] = graph.events as [TraceEvent, ...TraceEvent[]];
  const start = steps[0]?.from ?? first;
  const end = steps.at(-1)?.to ?? first;
  const operations = operationsOf(graph, clock);
  const inside = operations.filter(({ begin }) => begin !== start);
  return {
    taskId: first.taskId,
    title: ends(end, start) ? end.label : start.label,
    events: events.length,
    processes: new Set(events.map(processOf)).size,
    duration: clock(end) - clock(start),
    path: steps.map(({ from, to, reason, at, duration }) => ({
      ...{ at, duration, reason, what: whatIs(from, to, reason), where: whereIs(from, to) },
      ...{ from: from.eventId, to: to.eventId },
    })),
    coverage: coverageOf(inside, clock(start), clock(end)),
    oneByOne: oneByOne(steps),
    errors: graph.events
      .filter((event) => fieldOf(event, 'error.type') !== undefined)
      .map(failureOf),
    open: operations.filter(({ end: ended }) => !ended).map(({ begin }) => begin.label),
  };
}

function whatIs(from: TraceEvent, to: TraceEvent, reason: Reason): string {
  if (reason === 'operation') return from.label;
  if (reason === 'request' || reason === 'queue') return to.label;
  return `${from.label} → ${to.label}`;
}

function whereIs(from: TraceEvent, to: TraceEvent): string {
  const { processName = '', processId } = from;
  return (
    from.source ??
    to.source ??
    (processId === undefined ? processName : `${processName} (${processId})`)
  );
}

function oneByOne(steps: readonly Step[]): OneByOne[] {
  const counts = new Map<string, { times: number; duration: number }>();
  for (const { from, reason, duration } of steps) {
    if (reason !== 'operation') continue;
    const known = counts.get(from.label) ?? { times: 0, duration: 0 };
    counts.set(from.label, { times: known.times + 1, duration: known.duration + duration });
  }
  return [...counts]
    .filter(([, { times }]) => times >= ONE_BY_ONE)
    .map(([what, known]) => ({ what, ...known }))
    .sort((a, b) => b.duration - a.duration);
}

function failureOf(event: TraceEvent): Failure {
  return {
    what: event.label,
    type: fieldOf(event, 'error.type') ?? '',
    message: fieldOf(event, 'error.message') ?? '',
    where: whereIs(event, event),
    event: event.eventId,
  };
}
