// The helpers that begin and end strands, settle promises and throw, as builds with causes have them: spawn
// points are noted in the frame, causes of errors remembered, and the observer called.
import { noteCause } from '../causes/caused-errors.js';
import { observed } from '../causes/observer.js';
import * as kernel from '../kernel/index.js';
import { causeHere, currentFrame, frameOfEnding, isOpen } from '../kernel/index.js';
import type { Frame, Strand } from '../kernel/index.js';
import * as promises from '../promises/chain.js';

/** At the head of an async function. */
function called(site: number): void {
  causeHere(site);
  observed.by?.called?.(currentFrame().cause!);
}

type Body = (strand: Strand, ...args: never[]) => Promise<unknown>;

export function run(site: number, body: Body, args?: ArrayLike<unknown>): Promise<unknown> {
  return kernel.run((strand, ...rest) => {
    called(site);
    observed.by?.started?.(strand, currentFrame().cause!);
    return body(strand, ...rest);
  }, args);
}

export function end(strand: Strand): void {
  kernel.end(strand);
  observed.by?.ended?.(strand);
}

export function runSync(
  site: number,
  body: (...args: never[]) => Promise<unknown>,
  args?: ArrayLike<unknown>,
): Promise<unknown> {
  return kernel.runSync((...rest: never[]) => {
    called(site);
    return body(...rest);
  }, args);
}

export function begin(site: number): Frame {
  const outer = kernel.begin();
  called(site);
  return outer;
}

export function enter(site: number): Strand {
  const strand = kernel.enter();
  causeHere(site);
  return strand;
}

export function enterCreated(site: number, created: Frame): Strand {
  const strand = kernel.enterCreated(created);
  causeHere(site);
  return strand;
}

/** `throw thrown(error)`. */
export const thrown: <E>(error: E) => E = (error) => noteCause(error);

export function rejectSync(outer: Frame, error: unknown): Promise<unknown> {
  noteCause(error);
  return kernel.rejectSync(outer, error);
}

/** At the head of `catch`: what an `await` rejected with comes from the strand that it waited for. */
export function caught(strand: Strand, error: unknown): void {
  const failed = !isOpen(strand) ? frameOfEnding(strand.awaiting) : undefined;
  kernel.back(strand);
  noteCause(error, failed?.cause);
}

type Settle = (value?: unknown) => void;

export function newPromise(executor: unknown): Promise<unknown> {
  if (typeof executor !== 'function') return promises.newPromise(executor);
  return promises.newPromise((resolve: Settle, reject: Settle) =>
    (executor as (...settle: Settle[]) => unknown)(resolve, (reason) => reject(noteCause(reason))),
  );
}

export function settledNow(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  if (method === Promise.reject) noteCause(args[0]);
  return promises.settledNow(receiver, method, ...args);
}
