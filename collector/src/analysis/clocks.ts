import type { CausalGraph } from '../graph/causal-graph.js';

/**
 * Returns the time of each event, in microseconds, by one clock for all processes.
 *
 * Brings the clocks of processes together, as far as causes show that they differ: a message cannot arrive before it was sent. The
 * clock of the first event stays. Another one is moved as little as its messages in both directions allow, to the middle where
 * both bound it (as NTP does), and not at all where nothing is wrong. What still goes back in time is as late as its latest parent.
 */
export function alignClocks(graph: CausalGraph): Float64Array {
  const { model, order, parents } = graph;
  const offsets = new Map<number, number>();
  const messages = messagesOf(graph);
  for (const i of order) {
    const process = model.process[i]!;
    if (!offsets.has(process)) {
      offsets.set(process, offsetOf(graph, messages.get(process) ?? [], offsets));
    }
  }
  const times = new Float64Array(model.size);
  for (const i of order) {
    let time = model.time[i]! + offsets.get(model.process[i]!)!;
    for (let at = parents.start[i]!; at < parents.start[i + 1]!; at++) {
      // In a cycle, a parent may have no time yet.
      time = Math.max(time, times[parents.to[at]!]! || time);
    }
    times[i] = time;
  }
  return times;
}

/** An edge between two processes. */
interface Message {
  readonly from: number;
  readonly to: number;
}

/** Returns the edges between processes, by each of the two. */
function messagesOf({
  model,
  order,
  parents,
}: CausalGraph): ReadonlyMap<number, readonly Message[]> {
  const messages = new Map<number, Message[]>();
  for (const to of order) {
    for (let at = parents.start[to]!; at < parents.start[to + 1]!; at++) {
      const from = parents.to[at]!;
      const [sender, receiver] = [model.process[from]!, model.process[to]!];
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

/** Returns by how much the clock of a process is moved, given its messages and the processes that were moved before. */
function offsetOf(
  { model: { time, process } }: CausalGraph,
  messages: readonly Message[],
  known: ReadonlyMap<number, number>,
): number {
  if (known.size === 0) return 0;
  let least = -Infinity;
  let most = Infinity;
  for (const { from, to } of messages) {
    const sender = known.get(process[from]!);
    const receiver = known.get(process[to]!);
    if (sender !== undefined) least = Math.max(least, time[from]! + sender - time[to]!);
    if (receiver !== undefined) most = Math.min(most, time[to]! + receiver - time[from]!);
  }
  if (least <= 0 && most >= 0) return 0;
  const isBounded = Number.isFinite(least) && Number.isFinite(most) && least <= most;
  if (isBounded) return (least + most) / 2;
  return least > 0 ? least : most;
}
