import { branch, joinEnding, OUTSIDE } from '../kernel/index.js';
import type { Ending, Frame, Strand } from '../kernel/index.js';
import type { CombinatorPart, PartState } from '../promises/combinator-parts.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { NONE } from '../xtrace/position.js';
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
  const isOwn = (id: EventId): boolean => !known.has(id);
  const notes = parts.flatMap(({ ending, state }) => {
    const field = FIELDS[state];
    if (field === undefined || ending === undefined) return [];
    const ids =
      state === 'pending'
        ? waitingFor(ending, isOwn)
        : latestIn(joinEnding(caller, ending)).filter(isOwn);
    return [...new Set(ids)].map((id) => `${field} ${id}`);
  });
  if (notes.length === 0) return undefined;
  const carried = { taskId: trace.taskId, latest: NONE, notes: notes.slice(0, MAX_LATEST) };
  return branch(OUTSIDE).with(client.traceSlot, carried);
}

/** The notes about parts that were told. One goes on in each branch, and the first event of all of them tells it. */
const told = new Set<string>();
const MOST_TOLD = 10_000;

/** Returns true for a note about a part that was told before, and remembers the others. */
export function wasTold(note: string): boolean {
  if (note.startsWith('link ')) return false;
  if (told.has(note)) return true;
  if (told.size >= MOST_TOLD) told.clear();
  told.add(note);
  return false;
}

/** Returns the operations that a strand waits for; if it waits for none, the latest of its own events. */
function waitingFor(ending: Ending, isOwn: (id: EventId) => boolean): EventId[] {
  const operations: EventId[] = [];
  const latest: EventId[] = [];
  walk(ending, ({ frame }) => {
    const begun = begunIn(frame);
    if (begun !== undefined) operations.push(begun);
    else latest.unshift(...latestIn(frame).filter(isOwn));
  });
  return operations.length > 0 ? operations : latest.slice(0, 1);
}

/** Visits a strand, and those that it waits for or has handed on. */
function walk(ending: Ending, visit: (at: Ending) => void): void {
  const seen = new Set<Ending>();
  const open: Ending[] = [ending];
  for (let at = open.pop(); at !== undefined && seen.size < MAX_LATEST; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    visit(at);
    const { awaiting } = at as Partial<Strand>;
    open.push(...([awaiting ?? [], at.adopted ?? []].flat() as Ending[]));
  }
}

function latestIn(frame: Frame): EventId[] {
  return frame.get(client.traceSlot)?.latest.map(({ id }) => id) ?? [];
}
