// The helpers that spawn work or add a listener, each with the number of its site as the first parameter.
import { spawnMembers as plainMembers } from '../callbacks/objects-of-callbacks.js';
import { spawnInMethod as plainSpawnInMethod } from '../callbacks/methods-by-class.js';
import { spawnStages as plainStages } from '../callbacks/pipeline-stages.js';
import { spawnArguments as plainSpawnArguments } from '../callbacks/rules.js';
import * as callbacks from '../callbacks/spawn.js';
import { observed } from '../causes/observer.js';
import type { Listening } from '../causes/observer.js';
import { currentFrame, methodOf, spawnAt, withFirst } from '../kernel/index.js';
import * as emitters from '../listeners/emitters.js';
import * as targets from '../listeners/event-targets.js';
import { handlerFor as plainHandlerFor } from '../listeners/handlers.js';
import * as ends from '../promises/catch-and-finally.js';
import { chain as plainChain } from '../promises/chain.js';
import { callFollowed as plainCallFollowed } from '../promises/followed-calls.js';
import { isMock, noteMade, recordingAs } from './mocks.js';

type Helper<A extends unknown[], R> = (...args: A) => R;
type Sited<A extends unknown[], R> = (site: number, ...args: A) => R;

function sited<A extends unknown[], R>(helper: Helper<A, R>): Sited<A, R> {
  return (site, ...args) => noteMade(spawnAt(site, told(helper), args), args);
}

/** The same for a helper that calls a method, which is argument number `at`, on the receiver before it. */
function sitedCall<A extends unknown[], R>(helper: Helper<A, R>, at: number): Sited<A, R> {
  return sited(recorded(helper, at));
}

/** Returns the helper. If the method that it calls is a mock, the mock records what the program wrote. */
function recorded<A extends unknown[], R>(helper: Helper<A, R>, at: number): Helper<A, R> {
  return (...args) => {
    const receiver = args[at - 1];
    // Reading a method of nothing throws, in the helper.
    const isRead = receiver !== undefined && receiver !== null;
    const method = isRead ? methodOf(receiver, args[at]) : args[at];
    const call = (): R => Reflect.apply(helper, undefined, args) as R;
    return isMock(method) ? recordingAs(method, args.slice(at + 1), call) : call();
  };
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
export const callFollowed = sitedCall(plainCallFollowed, 0);
export const spawnInMethod = sitedCall(plainSpawnInMethod, 2);
export const spawnFailureListener = sited(emitters.spawnFailureListener);
export const spawnListener = sited(emitters.spawnListener);
export const spawnMembers = sited(plainMembers);
export const spawnStages = sited(plainStages);
export const chain = sitedCall(plainChain, 1);
export const chainCatch = sitedCall(ends.chainCatch, 1);
export const chainFinally = sitedCall(ends.chainFinally, 1);
export const handlerFor = sited(plainHandlerFor);
export const listen = sitedCall(noting(emitters.listen, from(0)), 1);
export const listenBy = sitedCall(noting(emitters.listenBy, from(1)), 2);
export const addListener = sitedCall(noting(targets.addListener, from(0)), 1);
export const addListenerBy = sitedCall(noting(targets.addListenerBy, from(1)), 2);
export const addListenerHere = sitedCall(noting(targets.addListenerHere, ofGlobal), 0);
export const unlisten = recorded(unnoting(emitters.unlisten, from(0)), 1);
export const removeListener = recorded(unnoting(targets.removeListener, from(0)), 1);
export const removeListenerHere = recorded(unnoting(targets.removeListenerHere, ofGlobal), 0);

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

/**
 * Reads the arguments of `helper(method, name, listener, options)` of the global scope. A function that the program has
 * put there, such as a mock, is no method of the platform's.
 */
function ofGlobal(args: readonly unknown[]): Listening | undefined {
  return isMock(args[0]) || !isPage() ? undefined : from(0)(withFirst(globalThis, args));
}

/** Returns true where the global scope is an event target, or has one of jsdom in its place. */
function isPage(): boolean {
  return (
    'document' in globalThis ||
    (typeof EventTarget === 'function' && globalThis instanceof EventTarget)
  );
}

/** Returns the helper with calls of the observer. A mock in the place of the method may add no listener. */
function noting(helper: Helper<never[], unknown>, read: Reading): Helper<unknown[], unknown> {
  return (...args) => {
    const listening = read(args);
    const isMocked = listening !== undefined && isMock(methodIn(args, listening));
    if (listening && !isMocked) observed.by?.listening?.();
    const result: unknown = Reflect.apply(helper, undefined, args);
    if (listening && !(isMocked && !shows(listening))) {
      observed.by?.listened?.(listening, currentFrame().cause!);
    }
    return result;
  };
}

/** Returns the method that a helper calls: the argument after the target, or the first. */
function methodIn(args: readonly unknown[], { target }: Listening): unknown {
  const at = args.indexOf(target);
  return at === -1 ? args[0] : methodOf(target, args[at + 1]);
}

/** Returns true if an emitter says that it has the listener. */
function shows({ target, name, listener }: Listening): boolean {
  const { listeners } = target as { listeners?: unknown };
  if (typeof listeners !== 'function') return false;
  const there: unknown = Reflect.apply(listeners, target, [name]);
  return Array.isArray(there) && there.includes(listener);
}

function unnoting(helper: Helper<never[], unknown>, read: Reading): Helper<unknown[], unknown> {
  return (...args) => {
    const listening = read(args);
    if (listening) observed.by?.unlistened?.(listening);
    return Reflect.apply(helper, undefined, args);
  };
}
