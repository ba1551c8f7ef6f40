// What rewritten code imports in builds with causes: the same functions, but each that hands work over, or
// begins a strand, is told first at which place of the source that is. And what only such builds do.
import { noteCause } from './caused-errors.js';
import * as plain from './compiled.js';
import { causeHere, currentFrame, frameOfEnding, spawnAt } from './kernel/index.js';
import type { Frame, Strand } from './kernel/index.js';
import { observed } from './observer.js';
import type { Listening } from './observer.js';

export * from './compiled.js';
export { handed, woke } from './lost-context.js';

type Helper<A extends unknown[], R> = (...args: A) => R;
type Sited<A extends unknown[], R> = (site: number, ...args: A) => R;

function sited<A extends unknown[], R>(helper: Helper<A, R>): Sited<A, R> {
  return (site, ...args) => spawnAt(site, told(helper), args);
}

/** Tells the observer where it is, in the frame that says so. */
function told<A extends unknown[], R>(helper: Helper<A, R>): Helper<A, R> {
  const { by } = observed;
  if (by?.spawned === undefined) return helper;
  return (...args) => {
    by.spawned!(currentFrame().cause!);
    return helper(...args);
  };
}

export const spawn = sited(plain.spawn);
export const spawnAlike = sited(plain.spawnAlike);
export const spawnEach = sited(plain.spawnEach);
export const spawnArguments = sited(plain.spawnArguments);
export const spawnInMethod = sited(plain.spawnInMethod);
export const failing = sited(plain.failing);
export const listening = sited(plain.listening);
export const members = sited(plain.members);
export const stages = sited(plain.stages);
export const chain = sited(plain.chain);
export const catchRejection = sited(plain.catchRejection);
export const finallySettled = sited(plain.finallySettled);
export const handlerFor = sited(plain.handlerFor);
export const listen = sited(noting(plain.listen, from(0)));
export const listenBy = sited(noting(plain.listenBy, from(1)));
export const addListener = sited(noting(plain.addListener, from(0)));
export const addListenerBy = sited(noting(plain.addListenerBy, from(1)));
export const addListenerHere = sited(noting(plain.addListenerHere, ofGlobal));
export const unlisten = unnoting(plain.unlisten, from(0));
export const removeListener = unnoting(plain.removeListener, from(0));
export const removeListenerHere = unnoting(plain.removeListenerHere, ofGlobal);

/** Reads out of a helper's arguments which listener is meant. */
type Reading = (args: readonly unknown[]) => Listening | undefined;

/** `helper(target, method, name, listener, options)`, from a place on. */
function from(start: number): Reading {
  return (args) => {
    const [target, , name, listener, options] = args.slice(start);
    const isObject =
      (typeof target === 'object' || typeof target === 'function') && target !== null;
    return isObject ? { target, name, listener, options } : undefined;
  };
}

/** `helper(method, name, listener, options)` of the global scope. */
function ofGlobal(args: readonly unknown[]): Listening | undefined {
  return from(0)([globalThis, ...args]);
}

function noting(helper: Helper<never[], unknown>, read: Reading): Helper<unknown[], unknown> {
  return (...args) => {
    const listening = read(args);
    if (listening) observed.by?.listening?.();
    const result = helper(...(args as never[]));
    if (listening) observed.by?.listened?.(listening, currentFrame().cause!);
    return result;
  };
}

function unnoting(helper: Helper<never[], unknown>, read: Reading): Helper<unknown[], unknown> {
  return (...args) => {
    const listening = read(args);
    if (listening) observed.by?.unlistened?.(listening);
    return helper(...(args as never[]));
  };
}

/** At the head of an async function. */
function called(site: number): void {
  causeHere(site);
  observed.by?.called?.(currentFrame().cause!);
}

type Body = (strand: Strand, ...args: never[]) => Promise<unknown>;

export function run(site: number, body: Body, args?: ArrayLike<unknown>): Promise<unknown> {
  return plain.run((strand, ...rest) => {
    called(site);
    observed.by?.started?.(strand, currentFrame().cause!);
    return body(strand, ...rest);
  }, args);
}

export function end(strand: Strand): void {
  plain.end(strand);
  observed.by?.ended?.(strand);
}

export function runThrough(
  site: number,
  body: (...args: never[]) => Promise<unknown>,
  args?: ArrayLike<unknown>,
): Promise<unknown> {
  return plain.runThrough((...rest: never[]) => {
    called(site);
    return body(...rest);
  }, args);
}

export function begin(site: number): Frame {
  const outer = plain.begin();
  called(site);
  return outer;
}

export function enter(site: number): Strand {
  const strand = plain.enter();
  causeHere(site);
  return strand;
}

export function enterCreated(site: number, created: Frame): Strand {
  const strand = plain.enterCreated(created);
  causeHere(site);
  return strand;
}

/** `throw thrown(error)`. */
export const thrown: <E>(error: E) => E = (error) => noteCause(error);

export function refuse(outer: Frame, error: unknown): Promise<unknown> {
  noteCause(error);
  return plain.refuse(outer, error);
}

/** At the head of `catch`: what an `await` rejected with comes from the strand that it waited for. */
export function caught(strand: Strand, error: unknown): void {
  const failed = strand.outer === undefined ? frameOfEnding(strand.awaiting) : undefined;
  plain.back(strand);
  noteCause(error, failed?.cause);
}

type Settle = (value?: unknown) => void;

export function newPromise(executor: unknown): Promise<unknown> {
  if (typeof executor !== 'function') return plain.newPromise(executor);
  return plain.newPromise((resolve: Settle, reject: Settle) =>
    (executor as (...settle: Settle[]) => unknown)(resolve, (reason) => reject(noteCause(reason))),
  );
}

export function settledNow(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  if (method === Promise.reject) noteCause(args[0]);
  return plain.settledNow(receiver, method, ...args);
}
