import type { CausalGraph } from '../graph/causal-order.js';
import type { TraceEvent } from '../store/store.js';
import { processOf } from './fields.js';

/** Returns the time of an event, in microseconds, by one clock for all processes. */
export type Clock = (event: TraceEvent) => number;

/**
 * Brings the clocks of processes together, as far as causes show that they differ: a message cannot arrive before it was sent. The
 * clock of the first event stays. Another one is moved as little as its messages in both directions allow, to the middle where
 * both bound it (as NTP does), and not at all where nothing is wrong. What still goes back in time is as late as its latest parent.
 */
export function alignClocks(graph: CausalGraph): Clock {
  const offsets = new Map<string, number>();
  const messages = messagesOf(graph);
  for (const event of graph.events) {
    const process = processOf(event);
    if (!offsets.has(process)) offsets.set(process, offsetOf(process, messages, offsets));
  }
  const times = new Map<TraceEvent, number>();
  for (const event of graph.events) {
    let time = event.timestamp + offsets.get(processOf(event))!;
    for (const parent of graph.parents(event)) time = Math.max(time, times.get(parent) ?? time);
    times.set(event, time);
  }
  return (event) => times.get(event) ?? event.timestamp;
}

/** An edge between two processes. */
interface Message {
  readonly from: TraceEvent;
  readonly to: TraceEvent;
}

/** Returns the edges between processes, by each of the two. */
function messagesOf(graph: CausalGraph): ReadonlyMap<string, readonly Message[]> {
  const messages = new Map<string, Message[]>();
  for (const to of graph.events) {
    for (const from of graph.parents(to)) {
      const [sender, receiver] = [processOf(from), processOf(to)];
      if (sender === receiver) continue;
      for (const process of [sender, receiver]) {
        const known = messages.get(process);
        if (known === undefined) messages.set(process, [{ from, to }]);
        else known.push({ from, to });
      }
    }
  }
  return messages;
}

/** Returns by how much the clock of a process is moved, given the processes that were moved before. */
function offsetOf(
  process: string,
  messages: ReadonlyMap<string, readonly Message[]>,
  known: ReadonlyMap<string, number>,
): number {
  if (known.size === 0) return 0;
  let least = -Infinity;
  let most = Infinity;
  for (const { from, to } of messages.get(process) ?? []) {
    const sender = known.get(processOf(from));
    const receiver = known.get(processOf(to));
    if (sender !== undefined) least = Math.max(least, from.timestamp + sender - to.timestamp);
    if (receiver !== undefined) most = Math.min(most, to.timestamp + receiver - from.timestamp);
  }
  if (least <= 0 && most >= 0) return 0;
  const isBounded = Number.isFinite(least) && Number.isFinite(most) && least <= most;
  if (isBounded) return (least + most) / 2;
  return least > 0 ? least : most;
}
