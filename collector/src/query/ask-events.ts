import type { Context, Hono } from 'hono';
import { CollectorError } from '../errors.js';
import { causalGraph } from '../graph/causal-graph.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import { causesAndSelf, effectsAndSelf } from '../graph/reach.js';
import { NONE } from '../graph/task-model.js';
import type { Store } from '../store/store.js';
import { oneOf, wholeNumber } from './ask.js';
import { taskEvents } from './task-events.js';
import { unknownTask } from './unknown-task.js';

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/** Which events are asked for beside one of them. */
const RELATIONS: Readonly<Record<string, (graph: CausalGraph, event: number) => Uint8Array>> = {
  ancestors: (graph, event) => causesAndSelf(graph, [event]),
  descendants: (graph, event) => effectsAndSelf(graph, [event]),
  neighbours: ({ parents, children, model }, event) => {
    const marks = new Uint8Array(model.size);
    for (const other of [event, ...parents.of(event), ...children.of(event)]) marks[other] = 1;
    return marks;
  },
};
const RELATION_NAMES = Object.keys(RELATIONS);

/** Adds a part of a task's events: what led to one or followed from it, a window of time, a process. */
export function addEventQuery(app: Hono, store: Store): void {
  app.get('/api/tasks/:task/events', async (context) => {
    const text = context.req.param('task');
    const limit = wholeNumber(context, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
    const offset = wholeNumber(context, 'offset', 0, Number.MAX_SAFE_INTEGER);
    const events = await taskEvents(store, text);
    if (events.length === 0) throw unknownTask(text);
    const graph = causalGraph(events);
    const found = graph.order.filter(selection(context, graph));
    const shown = Array.from(found.subarray(offset, offset + limit), (i) => graph.model.event(i));
    return context.json({ taskId: graph.model.taskId, events: shown, matching: found.length });
  });
}

/** Returns true for each event that a request is about: all of its conditions must hold. */
function selection(context: Context, graph: CausalGraph): (event: number) => boolean {
  const { model } = graph;
  const from = wholeNumber(context, 'from', -Infinity, Number.MAX_SAFE_INTEGER);
  const to = wholeNumber(context, 'to', Infinity, Number.MAX_SAFE_INTEGER);
  const process = context.req.query('process');
  const related = relatedTo(context, graph);
  return (event) => {
    const time = model.time[event]!;
    return (
      (related === undefined || related[event] === 1) &&
      time >= from &&
      time <= to &&
      (process === undefined || model.processOf(event).name === process)
    );
  };
}

function relatedTo(context: Context, graph: CausalGraph): Uint8Array | undefined {
  const id = context.req.query('event');
  if (id === undefined) return undefined;
  const relation = oneOf(context, 'relation', RELATION_NAMES);
  const event = graph.model.indexOf(id.toLowerCase());
  if (event !== NONE) return RELATIONS[relation]!(graph, event);
  throw new CollectorError(
    'TL_QUERY_INVALID',
    `The task has no event ${JSON.stringify(id)}. The id of an event is 16 hex digits.`,
  );
}
