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

/** What the requests of one call of `fetch` have reached so far. There are several when it is redirected. */
interface Followed {
  trace: Trace | undefined;
}

/** The engine carries it into the code of `fetch`. */
const slot = register<Followed | undefined>(undefined);

/** Calls `fetch`. Who awaits its promise comes after the events of its requests. */
export function followCall(call: () => unknown): unknown {
  const followed: Followed = { trace: undefined };
  const result = runIn(branch(currentFrame()).with(slot, followed), call, undefined, []);
  // A stand-in of a test may return anything, and an instrumented one carries its events already.
  if (!isPromise(result) || endingOf(result) !== undefined) return result;
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

/** Makes a request of a followed call come after those before it. */
export function continueFollowed(): void {
  takeIn(getLocal(slot));
}

/** Notes that a request has reached an event, the latest of this context. */
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
