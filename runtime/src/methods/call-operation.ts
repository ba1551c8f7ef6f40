import { takeWrittenCallback } from '../callbacks/methods-by-class.js';
import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, isPromise, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import {
  continueFollowed,
  endFollowed,
  frameAfter,
  noteBegun,
  noteReached,
} from '../operations/followed.js';
import { beginOperation, failure } from '../operations/operation-events.js';
import type { Operation, OperationKind, Outcome } from '../operations/operation-events.js';
import { endWhenSettled } from '../operations/settled.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import type { Trace } from '../xtrace/trace.js';

/** The operation of a call, in the context of its caller. */
export interface Begun {
  readonly operation: Operation;
  readonly caller: Frame;
  /** The frame of its work, which comes after the begin event. */
  readonly frame: Frame;
}

/** Begins the operation of a call. */
export function beginCall(label: string, kind: OperationKind, fields: Fields): Begun {
  continueFollowed();
  const operation = noteBegun(beginOperation(label, kind, fields));
  const caller = currentFrame();
  return { operation, caller, frame: branch(caller).with(client.traceSlot, operation.trace) };
}

/** Runs the work of an operation. It ends when the promise that it returns is settled, or else when it returns. */
export function workOf(
  operation: Operation,
  work: () => unknown,
  endNow: (operation: Operation, outcome: Outcome) => void,
): unknown {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    endNow(operation, failure(error));
    throw error;
  }
  if (isPromise(result)) return endWhenSettled(operation, result, { ended: noteReached });
  endNow(operation, { status: 'ok' });
  return result;
}

/** Makes a call that ends when its promise is settled, or else when it returns. */
export function untilReturned({ operation, frame }: Begun, call: () => unknown): unknown {
  /** The trace of a call that is over when it returns. Its end is the latest event of the caller. */
  let ended: Trace | undefined;
  const endNow = (...ending: [Operation, Outcome]): void => {
    endFollowed(...ending);
    ended = client.currentTrace();
  };
  try {
    return runIn(frame, () => workOf(operation, call, endNow), undefined, []);
  } finally {
    if (ended !== undefined) setLocal(client.traceSlot, ended);
  }
}

/** Makes a call that ends when its last argument is called. */
export function untilCalled(
  { operation, caller, frame }: Begun,
  call: (...args: never[]) => unknown,
  args: readonly never[],
): unknown {
  const callback = takeWrittenCallback(args) ?? (args.at(-1) as unknown as AnyFunction);
  let isOver = false;
  const finish = (error: unknown): Trace => {
    if (!isOver) endFollowed(operation, error ? failure(error) : { status: 'ok' });
    isOver = true;
    return client.currentTrace();
  };
  /** Runs in the context of the caller, after the end event. */
  function ending(this: unknown, ...given: unknown[]): unknown {
    const ended = runIn(branch(frame), () => finish(given[0]), undefined, []);
    return runIn(frameAfter(caller, ended), callback as AnyMethod, this, given);
  }
  const work = (): unknown => {
    try {
      return call(...args.slice(0, -1), ending as never);
    } catch (error) {
      finish(error);
      throw error;
    }
  };
  return runIn(frame, work, undefined, []);
}
