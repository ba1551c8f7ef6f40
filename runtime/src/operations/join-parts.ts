import { branch, OUTSIDE } from '../kernel/index.js';
import type { Ending, Frame, Strand } from '../kernel/index.js';
import type { CombinatorPart, PartState } from '../promises/combinator-parts.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { MAX_LATEST } from '../xtrace/trace.js';
import { begunIn } from './followed.js';

/** The field of the next event that names a part of a join, by what has become of the part. */
const FIELDS: Readonly<Record<PartState, string | undefined>> = {
  fulfilled: undefined,
  rejected: 'join.failed',
  pending: 'join.abandoned',
};

/**
 * Returns a frame for a combinator's promise to carry: who waits for it says in the next event which parts had failed, and which
 * were left alone. A part is named by its latest event, or by the operation that it waits for.
 */
export function describeParts(parts: readonly CombinatorPart[], caller: Frame): Frame | undefined {
  const trace = caller.get(client.traceSlot) ?? client.currentTrace();
  const known = new Set(trace.latest.map(({ id }) => id));
  const notes = parts.flatMap(({ ending, state }) => {
    const field = FIELDS[state];
    if (field === undefined || ending === undefined) return [];
    const ids = state === 'pending' ? waitingFor(ending) : latestIn(ending.frame);
    return [...new Set(ids)].filter((id) => !known.has(id)).map((id) => `${field} ${id}`);
  });
  if (notes.length === 0) return undefined;
  const carried = { taskId: trace.taskId, latest: [], notes: notes.slice(0, MAX_LATEST) };
  return branch(OUTSIDE).with(client.traceSlot, carried);
}

/** Returns the operations that a strand waits for, and if it waits for none, its latest events and those of its own parts. */
function waitingFor(ending: Ending): EventId[] {
  const operations: EventId[] = [];
  const latest: EventId[] = [];
  const seen = new Set<Ending>();
  const open: Ending[] = [ending];
  for (let at = open.pop(); at !== undefined && seen.size < MAX_LATEST; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const { awaiting } = at as Partial<Strand>;
    const inner = [awaiting ?? [], at.adopted ?? []].flat() as Ending[];
    const begun = begunIn(at.frame);
    if (inner.length > 0) open.push(...inner);
    else if (begun !== undefined) operations.push(begun);
    else latest.push(...latestIn(at.frame));
  }
  return operations.length > 0 ? operations : latest;
}

function latestIn(frame: Frame): EventId[] {
  return frame.get(client.traceSlot)?.latest.map(({ id }) => id) ?? [];
}
