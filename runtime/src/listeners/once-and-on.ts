import {
  endedStrand,
  endIn,
  isPromise,
  openSettlement,
  OUTSIDE,
  settle,
  strandFrame,
  stampNew,
} from '../kernel/index.js';
import type { AnyMethod, Frame, Strand } from '../kernel/index.js';
import { isEmitter } from './emitters.js';
import { isTarget } from './is-target.js';

/** Stands for `once(emitter, name)`: the promise carries the frame that triggers the event. */
export function eventOnce(once: unknown, source: unknown, ...rest: unknown[]): unknown {
  if (!isSource(source)) return (once as AnyMethod)(source, ...rest);
  const strand = openSettlement();
  const noteTrigger = (frame: Frame): void => void settle(strand, frame);
  const watched = watch(source, noteTrigger);
  const promise = (once as AnyMethod)(watched, ...watchSignal(rest, noteTrigger));
  if (isPromise(promise)) stampNew(promise, strand);
  return promise;
}

/** Stands for `on(emitter, name)`: the promise of each step carries the frame that triggered its event. */
export function eventsOn(on: unknown, source: unknown, ...rest: unknown[]): unknown {
  if (!isSource(source)) return (on as AnyMethod)(source, ...rest);
  const triggers: Frame[] = [];
  const waiting: Strand[] = [];
  const noteTrigger = (frame: Frame): void => {
    const strand = waiting.shift();
    if (strand) endIn(strand, frame);
    else triggers.push(frame);
  };
  const watched = watch(source, noteTrigger);
  const iterator = (on as AnyMethod)(watched, ...watchSignal(rest, noteTrigger)) as Record<
    PropertyKey,
    unknown
  >;
  const next = iterator['next'] as AnyMethod;
  iterator['next'] = function (this: unknown, ...args: unknown[]): unknown {
    const trigger = triggers.shift();
    const strand = endedStrand(trigger ?? OUTSIDE);
    if (trigger === undefined) waiting.push(strand);
    const promise = Reflect.apply(next, this, args);
    if (isPromise(promise)) stampNew(promise, strand);
    return promise;
  };
  return iterator;
}

/** Watches the abort signal in the options as well, because it can settle the promise. */
function watchSignal(rest: unknown[], called: (trigger: Frame) => void): unknown[] {
  const [name, options, ...more] = rest;
  const { signal } = (options ?? {}) as { signal?: unknown };
  if (!isTarget(signal)) return rest;
  return [name, { ...(options as object), signal: watch(signal, called) }, ...more];
}

function isSource(value: unknown): value is object {
  return isEmitter(value) || isTarget(value);
}

const adders = new Set(['on', 'once', 'addListener', 'prependListener', 'addEventListener']);
const removers = new Set(['off', 'removeListener', 'removeEventListener']);

/** Returns a proxy for an event source. Listeners added through it report the triggering frame before they run. */
function watch(source: object, called: (trigger: Frame) => void): object {
  const standIns = new WeakMap<object, AnyMethod>();
  const standIn = (listener: unknown): unknown => {
    if (typeof listener !== 'function') return listener;
    let made = standIns.get(listener);
    if (made === undefined) {
      made = function (this: unknown, ...args: unknown[]): unknown {
        called(strandFrame());
        return Reflect.apply(listener as AnyMethod, this, args);
      };
      standIns.set(listener, made);
    }
    return made;
  };
  return new Proxy(source, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      const changes = adders.has(key as string) || removers.has(key as string);
      if (!changes) return member;
      return (name: unknown, listener: unknown, ...rest: unknown[]): unknown =>
        Reflect.apply(member as AnyMethod, target, [name, standIn(listener), ...rest]);
    },
  });
}
