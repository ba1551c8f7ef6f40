// The helpers that begin and end strands, settle promises and throw, for builds with causes: they note spawn
// points in the frame, remember the causes of errors, and call the observer.
import { noteCause } from '../causes/caused-errors.js';
import { observed } from '../causes/observer.js';
import * as kernel from '../kernel/index.js';
import { causeHere, currentFrame, frameOfEnding, isOpen } from '../kernel/index.js';
import type { Cause, Ending, Frame, Strand } from '../kernel/index.js';
import * as promises from '../promises/new-promise.js';

/** Notes the call of an async function, at its head. */
function called(site: number): void {
  causeHere(site);
  observed.by?.called?.(currentFrame().cause!);
}

type Body = (strand: Strand, ...args: never[]) => Promise<unknown>;

/** Does what `run` of the kernel does, and notes the call. */
export function run(site: number, body: Body, args?: ArrayLike<unknown>): Promise<unknown> {
  return kernel.run(body, args, (strand) => noteStart(site, strand));
}

/** Does what `runKept` of the kernel does, and notes the call. */
export function runKept(
  site: number,
  body: Body,
  one?: unknown,
  two?: unknown,
  three?: unknown,
): Promise<unknown> {
  return kernel.runKept(body, one, two, three, (strand) => noteStart(site, strand));
}

function noteStart(site: number, strand: Strand): void {
  called(site);
  observed.by?.started?.(strand, currentFrame().cause!);
}

/** The ending that a strand awaited when it ended, because that was rejected: its error comes from there. */
const { failedBy } = kernel.shared('failed-by', { failedBy: new WeakMap<Ending, Ending>() });

/**
 * Does what `end` of the kernel does, and notes that the activation has ended. A strand that ends while it is suspended
 * ends because what it awaited was rejected.
 */
export function end(strand: Strand): void {
  const failed = isOpen(strand) ? undefined : strand.awaiting;
  if (observed.by?.ending) {
    kernel.resumeIfSuspended(strand);
    observed.by.ending(strand);
  }
  kernel.end(strand);
  if (failed !== undefined) failedBy.set(strand, failed);
  observed.by?.ended?.(strand);
}

/** Does what `runSync` of the kernel does, and notes the call. */
export function runSync(
  site: number,
  body: (...args: never[]) => Promise<unknown>,
  args?: ArrayLike<unknown>,
): Promise<unknown> {
  return kernel.runSync((...rest: never[]) => {
    called(site);
    return Reflect.apply(body, undefined, rest) as Promise<unknown>;
  }, args);
}

/** Does what `begin` of the kernel does, and notes the call. */
export function beginSync(site: number): Frame {
  const outer = kernel.beginSync();
  called(site);
  return outer;
}

/** Does what `enter` of the kernel does, and notes the site. */
export function enter(site: number): Strand {
  const strand = kernel.enter();
  causeHere(site);
  return strand;
}

/** Does what `enterWritten` of the kernel does, and notes the site. */
export function enterWritten(site: number): Strand {
  const strand = kernel.enterWritten();
  causeHere(site);
  return strand;
}

/** Does what `enterCreated` of the kernel does, and notes the site. */
export function enterCreated(site: number, created: Frame): Strand {
  const strand = kernel.enterCreated(created);
  causeHere(site);
  return strand;
}

/** Stands in `throw noteThrow(error)`: notes the cause of the error and returns it. */
export const noteThrow: <E>(error: E) => E = (error) => noteCause(error);

/** Does what `rejectSync` of the kernel does, and notes the cause of the error. */
export function rejectSync(outer: Frame, error: unknown): Promise<unknown> {
  noteCause(error);
  return kernel.rejectSync(outer, error);
}

/** Notes the cause of an error at the head of `catch`. An error from an `await` comes from the awaited strand. */
export function noteCatch(strand: Strand, error: unknown): void {
  const failed = failedCause(strand);
  kernel.resumeIfSuspended(strand);
  noteCause(error, failed);
}

/** Does what `noteCatch` does in a module with top-level `await`. */
export function noteModuleCatch(strand: Strand, error: unknown): void {
  const failed = failedCause(strand);
  kernel.resumeModuleIfSuspended(strand);
  noteCause(error, failed);
}

function failedCause(strand: Strand): Cause | undefined {
  if (isOpen(strand)) return undefined;
  let ending = strand.awaiting;
  // A chain, since a strand fails by one that ended before it did.
  while (ending !== undefined && failedBy.has(ending)) ending = failedBy.get(ending);
  return frameOfEnding(ending)?.cause;
}

type Settle = (value?: unknown) => void;

/** Does what `newPromise` does, and notes the cause of a rejection. */
export function newPromise(executor: unknown): Promise<unknown> {
  if (typeof executor !== 'function') return promises.newPromise(executor);
  return promises.newPromise((resolve: Settle, reject: Settle) =>
    (executor as (...settle: Settle[]) => unknown)(resolve, (reason) => reject(noteCause(reason))),
  );
}

/** Does what `settleNow` does, and notes the cause of a rejection. */
export function settleNow(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  if (method === Promise.reject) noteCause(args[0]);
  const given = kernel.withFirst(receiver, kernel.withFirst(method, args));
  return Reflect.apply(promises.settleNow, undefined, given);
}
