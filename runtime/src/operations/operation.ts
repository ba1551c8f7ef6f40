import { branch, currentFrame, runIn } from '../kernel/index.js';
import { setLocal } from '../faces/slots.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import type { Trace } from '../xtrace/trace.js';
import { beginOperation, endOperation, failure } from './operation-events.js';
import { endWhenSettled } from './settled.js';

/**
 * Runs `fn` as an operation: logs an event where it begins and one where it ends, after everything that it has waited
 * for. Returns what `fn` returns; a promise is replaced by one that settles alike, after the end event.
 *
 * `fn` runs as a callback does: slots that it sets are its own. If it throws or its promise is rejected, the end event has
 * the status `error` and names the error, which goes on to the caller.
 *
 * @example
 * const prices = await operation('load prices', { cart: cart.id }, () => load(cart));
 */
export function operation<R>(label: string, fn: () => R): R;
export function operation<R>(label: string, fields: Fields, fn: () => R): R;
export function operation<R>(label: string, given: Fields | (() => R), fn?: () => R): R {
  const [fields, body] = typeof given === 'function' ? [undefined, given as () => R] : [given, fn!];
  /** The trace that it has ended with, if it was synchronous. */
  let ended: Trace | undefined;
  const work = (): R => {
    const begun = beginOperation(label, 'internal', fields);
    setLocal(client.traceSlot, begun.trace);
    try {
      const result = body();
      if (isThenable(result)) return endWhenSettled(begun, result) as R;
      endOperation(begun, { status: 'ok' });
      ended = client.currentTrace();
      return result;
    } catch (error) {
      endOperation(begun, failure(error));
      ended = client.currentTrace();
      throw error;
    }
  };
  try {
    return runIn(branch(currentFrame()), work, undefined, []);
  } finally {
    // A synchronous operation is part of its caller.
    if (ended !== undefined) setLocal(client.traceSlot, ended);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (Object(value) as { then?: unknown }).then === 'function';
}
