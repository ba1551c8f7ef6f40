import { getLocal, register, setLocal } from '../faces/slots.js';
import {
  branch,
  currentFrame,
  end,
  endingOf,
  isPromise,
  resume,
  resumeIfSuspended,
  run,
  runIn,
  suspend,
} from '../kernel/index.js';
import { client } from '../xtrace/log.js';
import { joinTraces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';

/** What the operations of one call have reached so far. A call of `fetch` has several when it is redirected. */
interface Followed {
  trace: Trace | undefined;
}

/** The engine carries it into the code of the platform. */
const slot = register<Followed | undefined>(undefined);

/** Makes a call. Who awaits its promise comes after the operations that it has begun. */
export function followCall(call: () => unknown): unknown {
  // A stand-in of a test may return anything, and an instrumented one carries its events already.
  return follow(call, (result) => isPromise(result) && endingOf(result) === undefined);
}

/** Does the same for a method of an instrumented library, whose promise carries its own events, and not all of ours. */
export function followMethod(call: () => unknown): unknown {
  return follow(call, isPromise);
}

function follow(call: () => unknown, isFollowed: (result: unknown) => boolean): unknown {
  const followed: Followed = { trace: undefined };
  const result = runIn(branch(currentFrame()).with(slot, followed), call, undefined, []);
  if (!isFollowed(result)) return result;
  return run(async (strand) => {
    try {
      return resume(strand, await suspend(strand, result));
    } finally {
      resumeIfSuspended(strand);
      takeIn(followed);
      end(strand);
    }
  });
}

/** Makes what a followed call begins now come after what it has begun and ended before. */
export function continueFollowed(): void {
  takeIn(getLocal(slot));
}

/** Notes that an operation of a followed call has ended: its end is the latest event of this context. */
export function noteReached(): void {
  const followed = getLocal(slot);
  if (followed === undefined) return;
  const { trace } = followed;
  const reached = client.currentTrace();
  followed.trace = trace ? joinTraces(trace, reached) : reached;
}

function takeIn({ trace }: Followed = { trace: undefined }): void {
  if (trace) setLocal(client.traceSlot, joinTraces(getLocal(client.traceSlot), trace));
}
