// The helpers that spawn work or add a listener, each with the number of its site as the first parameter.
import { spawnMembers as plainMembers } from '../callbacks/objects-of-callbacks.js';
import { spawnInMethod as plainSpawnInMethod } from '../callbacks/methods-by-class.js';
import { spawnStages as plainStages } from '../callbacks/pipeline-stages.js';
import { spawnArguments as plainSpawnArguments } from '../callbacks/rules.js';
import * as callbacks from '../callbacks/spawn.js';
import { observed } from '../causes/observer.js';
import type { Listening } from '../causes/observer.js';
import { currentFrame, spawnAt, withFirst } from '../kernel/index.js';
import * as emitters from '../listeners/emitters.js';
import * as targets from '../listeners/event-targets.js';
import { handlerFor as plainHandlerFor } from '../listeners/handlers.js';
import * as promises from '../promises/chain.js';

type Helper<A extends unknown[], R> = (...args: A) => R;
type Sited<A extends unknown[], R> = (site: number, ...args: A) => R;

function sited<A extends unknown[], R>(helper: Helper<A, R>): Sited<A, R> {
  return (site, ...args) => spawnAt(site, told(helper), args);
}

/** Returns the helper with a call of the observer's `spawned` before it, in the frame whose cause names the site. */
function told<A extends unknown[], R>(helper: Helper<A, R>): Helper<A, R> {
  const { by } = observed;
  if (by?.spawned === undefined) return helper;
  return (...args) => {
    by.spawned!(currentFrame().cause!);
    return Reflect.apply(helper, undefined, args) as R;
  };
}

// Each of these does what the helper of the same name does, and notes its site.
export const spawn = sited(callbacks.spawn);
export const spawnAlike = sited(callbacks.spawnAlike);
export const spawnEach = sited(callbacks.spawnEach);
export const spawnArguments = sited(plainSpawnArguments);
export const spawnInMethod = sited(plainSpawnInMethod);
export const spawnFailureListener = sited(emitters.spawnFailureListener);
export const spawnListener = sited(emitters.spawnListener);
export const spawnMembers = sited(plainMembers);
export const spawnStages = sited(plainStages);
export const chain = sited(promises.chain);
export const chainCatch = sited(promises.chainCatch);
export const chainFinally = sited(promises.chainFinally);
export const handlerFor = sited(plainHandlerFor);
export const listen = sited(noting(emitters.listen, from(0)));
export const listenBy = sited(noting(emitters.listenBy, from(1)));
export const addListener = sited(noting(targets.addListener, from(0)));
export const addListenerBy = sited(noting(targets.addListenerBy, from(1)));
export const addListenerHere = sited(noting(targets.addListenerHere, ofGlobal));
export const unlisten = unnoting(emitters.unlisten, from(0));
export const removeListener = unnoting(targets.removeListener, from(0));
export const removeListenerHere = unnoting(targets.removeListenerHere, ofGlobal);

/** Reads the listener registration from a helper's arguments. */
type Reading = (args: readonly unknown[]) => Listening | undefined;

/** Reads the arguments of `helper(target, method, name, listener, options)`, from an index on. */
function from(start: number): Reading {
  return (args) => {
    const target = args[start];
    const name = args[start + 2];
    const listener = args[start + 3];
    const options = args[start + 4];
    const isObject =
      (typeof target === 'object' || typeof target === 'function') && target !== null;
    return isObject ? { target, name, listener, options } : undefined;
  };
}

/** Reads the arguments of `helper(method, name, listener, options)` of the global scope. */
function ofGlobal(args: readonly unknown[]): Listening | undefined {
  return from(0)(withFirst(globalThis, args));
}

function noting(helper: Helper<never[], unknown>, read: Reading): Helper<unknown[], unknown> {
  return (...args) => {
    const listening = read(args);
    if (listening) observed.by?.listening?.();
    const result: unknown = Reflect.apply(helper, undefined, args);
    if (listening) observed.by?.listened?.(listening, currentFrame().cause!);
    return result;
  };
}

function unnoting(helper: Helper<never[], unknown>, read: Reading): Helper<unknown[], unknown> {
  return (...args) => {
    const listening = read(args);
    if (listening) observed.by?.unlistened?.(listening);
    return Reflect.apply(helper, undefined, args);
  };
}
