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
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { rememberCaller } from './called-from.js';
import { comeAfter } from './come-after.js';
import { endOperation, endOperationAfter } from './operation-events.js';
import type { Operation, Outcome } from './operation-events.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { afterResponse, joinResponse } from './trace-headers.js';
import { joinTraces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';

/** What the operations of one call have reached so far. A call of `fetch` has several when it is redirected. */
interface Followed {
  trace: Trace | undefined;
  /** The operation that it has begun last, until one ends. */
  begun: EventId | undefined;
  /** The call of the same library that has made this one, if any: a pool asks a connection. */
  readonly outer: Followed | undefined;
}

const NOTHING_YET = { trace: undefined, begun: undefined };

/** The engine carries it into the code of the platform. */
const slot = register<Followed | undefined>(undefined);

/** Makes a call. Who awaits its promise comes after the operations that it has begun. */
export function followCall(call: () => unknown): unknown {
  // A stand-in of a test may return anything, and an instrumented one carries its events already.
  const followed = { ...NOTHING_YET, outer: undefined };
  const frame = branch(currentFrame()).with(slot, followed);
  const isFollowed = (result: unknown): boolean =>
    isPromise(result) && endingOf(result) === undefined;
  return follow(call, followed, frame, isFollowed);
}

/** Does the same for a method of an instrumented library, whose promise carries its own events, and not all of ours. */
export function followMethod(call: () => unknown): unknown {
  const followed = { ...NOTHING_YET, outer: getLocal(slot) };
  const frame = rememberCaller(branch(currentFrame()).with(slot, followed));
  return follow(call, followed, frame, isPromise);
}

function follow(
  call: () => unknown,
  followed: Followed,
  frame: Frame,
  isFollowed: (result: unknown) => boolean,
): unknown {
  const result = runIn(frame, call, undefined, []);
  if (!isFollowed(result)) return result;
  return run(async (strand) => {
    // Who looks at a strand that waits learns what for.
    setLocal(slot, followed);
    try {
      return resume(strand, await suspend(strand, result));
    } finally {
      resumeIfSuspended(strand);
      takeIn(followed);
      end(strand);
    }
  });
}

/** Returns a frame that follows what is begun in it, and a function that makes the current context come after it. */
export function followIn(frame: Frame): { readonly frame: Frame; readonly takeIn: () => void } {
  const followed: Followed = { ...NOTHING_YET, outer: frame.get(slot) };
  return { frame: frame.with(slot, followed), takeIn: () => takeIn(followed) };
}

/** Calls a method that takes a callback, which comes after the operations that the call has begun and ended. */
export function followCallback(
  call: (callback: AnyMethod) => unknown,
  written: AnyFunction,
): unknown {
  const followed: Followed = { ...NOTHING_YET, outer: getLocal(slot) };
  const caller = currentFrame();
  function callback(this: unknown, ...given: unknown[]): unknown {
    return runIn(frameAfter(caller, followed.trace), written as never, this, given);
  }
  const frame = rememberCaller(branch(caller).with(slot, followed));
  return runIn(frame, () => call(callback), undefined, []);
}

/** Returns the frame of a callback that was handed over in a frame, and comes after other events as well. */
export function frameAfter(caller: Frame, reached: Trace | undefined): Frame {
  if (reached === undefined) return branch(caller);
  const trace = joinTraces(caller.get(client.traceSlot), reached);
  return branch(caller).with(client.traceSlot, trace);
}

/** Makes what a followed call begins now come after what it has begun and ended before. */
export function continueFollowed(): void {
  takeIn(getLocal(slot));
}

/** Does the same, and returns the current frame. */
export function continuedFrame(): Frame {
  const frame = currentFrame();
  const followed = frame.get(slot);
  if (followed?.trace === undefined) return frame;
  takeIn(followed);
  return currentFrame();
}

/** Notes that a followed call has begun an operation, and returns it. */
export function noteBegun(operation: Operation, frame = currentFrame()): Operation {
  for (let at = frame.get(slot); at; at = at.outer) at.begun = operation.id;
  return operation;
}

/** Returns the operation that the followed call of a frame waits for. */
export function begunIn(frame: Frame): EventId | undefined {
  return frame.get(slot)?.begun;
}

/** Notes that an operation of a followed call has ended: its end is the latest event of this context. */
export function noteReached(): void {
  noteReachedBy(getLocal(slot), client.currentTrace());
}

function noteReachedBy(call: Followed | undefined, reached: Trace): void {
  for (let at = call; at; at = at.outer) {
    at.trace = at.trace ? joinTraces(at.trace, reached) : reached;
    at.begun = undefined;
  }
}

/** Ends an operation that a followed call may have begun. */
export function endFollowed(begun: Operation, outcome: Outcome): void {
  endOperation(begun, outcome);
  noteReached();
}

/**
 * Ends an operation in a frame, which may be that of a followed call. `told` is the header by which the other side tells what the
 * end comes after.
 */
export function endFollowedIn(
  frame: Frame,
  begun: Operation,
  outcome: Outcome,
  told?: string,
): void {
  // A listener is called in the context of the event. Nobody else sees that, and to enter it takes longer than all the rest.
  if (client.state.listener !== undefined) {
    const end = (): void => {
      joinResponse(begun, told);
      endFollowed(begun, outcome);
    };
    return runIn(branch(frame), end, undefined, []);
  }
  const reached = afterResponse(frame.get(client.traceSlot), begun, told);
  noteReachedBy(frame.get(slot), endOperationAfter(begun, reached, outcome));
}

function takeIn(followed: Followed | undefined): void {
  comeAfter(followed?.trace);
}
