import { shared } from '../realm.js';
import { causedAt } from './cause.js';
import { joinAdopted, joinEnding } from './endings.js';
import { enteredInto } from './entered.js';
import { noteFailure } from './failures.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { Strand } from './strand.js';
import type { Ending } from './strand.js';
import { Box, carried, carriedToAwait, isForeign } from './thenable.js';
import type { Carried } from './thenable.js';
import { tokensWithSpawn } from './token.js';
import type { AnyToken, Token } from './token.js';

/**
 * The frame of the code that is running now, and what goes with it: one cell a realm, whichever copies of
 * these functions are loaded. A field of a constant object costs what a variable does; behind a live
 * binding or an accessor pair the same functions cost 2 to 4 times as much.
 *
 * Whoever enters a frame leaves it on every path, so between two strands it is OUTSIDE again.
 */
const here = shared('here', {
  frame: OUTSIDE,
  /** The promise that the function without awaits that is running now returns, if it does. */
  returned: undefined as Ending | undefined,
  /**
   * The strand of the generator that was entered last. Whoever calls `next()` clears it before, and so
   * learns whose body that call has run.
   */
  stepping: undefined as Strand | undefined,
  /** The strand of each async generator that a compiled caller has stepped. */
  generators: new WeakMap<object, Strand>(),
  /** Frames of callers whose steps wait until the generator gets to them. */
  asked: new WeakMap<Strand, Frame[]>(),
  resetQueued: false,
});

export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

export function currentFrame(): Frame {
  return here.frame;
}

/**
 * Starts the strand of one activation of an async function with awaits.
 *
 *   function f(x) { return run(async (strand) => { ... }); }
 *
 * The synchronous part runs in a branch of the caller's frame; then the caller's frame is current
 * again, and the promise carries the strand.
 */
export function run<P extends Promise<unknown>>(
  body: (strand: Strand, ...args: never[]) => P,
  args?: ArrayLike<unknown>,
): P {
  const outer = here.frame;
  const frame = branch(outer);
  const strand = new Strand(frame, outer);
  here.frame = frame;
  try {
    const promise =
      args === undefined ? body(strand) : body(strand, ...(args as unknown as never[]));
    stampNew(promise, strand);
    if (strand.outer !== undefined) {
      // A parameter's default threw before the body could end the strand.
      strand.frame = here.frame;
      strand.outer = undefined;
    }
    return promise;
  } finally {
    here.frame = returnTo(outer, strand.frame);
  }
}

/** The caller's frame, when the synchronous part of what it called is over. */
function returnTo(outer: Frame, ended: Frame): Frame {
  return ended.entered === outer.entered ? outer : enteredInto(outer, outer, ended);
}

/**
 * Starts and ends the strand of an async function without awaits whose parameters or `finally` blocks
 * need a native one: it is over when the call returns, and its promise carries the bare frame.
 */
export function runThrough<P extends Promise<unknown>>(
  body: (...args: never[]) => P,
  args?: ArrayLike<unknown>,
): P {
  const outer = here.frame;
  const outerReturned = here.returned;
  const frame = branch(outer);
  if (frame !== outer) here.frame = frame;
  if (outerReturned !== undefined) here.returned = undefined;
  try {
    const promise = args === undefined ? body() : body(...(args as unknown as never[]));
    stampNew(
      promise,
      here.returned === undefined ? here.frame : strandThat(here.frame, here.returned),
    );
    return promise;
  } finally {
    if (here.frame !== outer) here.frame = returnTo(outer, here.frame);
    if (here.returned !== outerReturned) here.returned = outerReturned;
  }
}

/** `return value` in an async function without awaits. */
export function adoptThrough(value: unknown): unknown {
  const ending = endingOf(value);
  if (here.returned !== ending) here.returned = ending;
  if (ending !== undefined || !isForeign(value)) return value;
  const foreign = carried(value, here.frame);
  here.returned = foreign.ending;
  return foreign.handedOn;
}

/**
 * Begins the strand of an async function that has no `await`, and returns the frame to go back to:
 *
 *   function f(x) {
 *     const outer = begin();
 *     try { ... return fulfil(outer, value); } catch (error) { return refuse(outer, error); }
 *   }
 *
 * Nothing in it needs an async function: what it returns resolves a promise, and what it throws
 * rejects one, at once (ECMAScript 27.7.5.2). So an activation costs no closure and no generator.
 */
export function begin(): Frame {
  const outer = here.frame;
  const frame = branch(outer);
  if (frame !== outer) here.frame = frame;
  return outer;
}

// An async function's promise is the engine's own, whatever a program puts in their place.
const NativePromise = Promise;
const { resolve: nativeResolve, reject: nativeReject } = NativePromise;

/**
 * Promises that are written in JavaScript (Hermes', React Native's) hand out one and the same for every
 * `undefined` or `true`: it is nobody's to stamp.
 */
export const sharesPromises =
  nativeResolve.call(NativePromise, undefined) === nativeResolve.call(NativePromise, undefined);

/** `return value` in such a function. */
export function fulfil(outer: Frame, value?: unknown): Promise<unknown> {
  const frame = here.frame;
  if (frame !== outer) here.frame = returnTo(outer, frame);
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    return fulfilWith(frame, value);
  }
  const promise = fulfilledWith(value);
  stampNew(promise, frame);
  return promise;
}

/** A promise of what is no object. An engine makes it faster here than in `Promise.resolve`. */
const fulfilledWith = async (value: unknown): Promise<unknown> => value;

/** What such a function throws. */
export function refuse(outer: Frame, error: unknown): Promise<unknown> {
  const frame = here.frame;
  if (frame !== outer) here.frame = returnTo(outer, frame);
  const promise = nativeReject.call(NativePromise, error);
  stampNew(promise, frame);
  return promise;
}

function fulfilWith(frame: Frame, value: object): Promise<unknown> {
  const { handedOn, ending } = takenOver(value, frame);
  // A promise is adopted, which takes the ticks it takes; `Promise.resolve` would hand it through.
  const promise = new NativePromise((resolve) => resolve(handedOn));
  stampNew(promise, ending === undefined ? frame : strandThat(frame, ending));
  return promise;
}

/** What the platform is given for a value that it takes over, and what that will have ended with. */
export function takenOver(value: unknown, frame: Frame): Carried {
  const ending = endingOf(value);
  if (ending !== undefined) return { handedOn: value, ending };
  return isForeign(value) ? carried(value, frame) : { handedOn: value };
}

function strandThat(frame: Frame, adopted: Ending): Strand {
  const strand = new Strand(frame, undefined);
  strand.adopted = adopted;
  return strand;
}

/** Leaves the strand at an `await`, and hands on what it waits for: `await suspend(strand, v)`. */
export function suspend(strand: Strand, value: unknown): unknown {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    const ending = endingOf(value);
    if (ending === undefined) {
      if (isForeign(value)) value = awaitable(strand, value);
    } else if (ending !== here.frame) {
      // A promise that ended where this strand stands has nothing to add. Not storing it keeps the
      // old strand from pointing at a young object, which costs a write barrier an await.
      strand.awaiting = ending;
    }
  }
  if (strand.frame !== here.frame) strand.frame = here.frame;
  const { outer } = strand;
  // Nothing to go back to: it came back from a suspension that nobody saw (`await using`).
  here.frame = outer === undefined ? OUTSIDE : outer;
  strand.outer = undefined;
  return value;
}

/**
 * Leaves the strand where the platform awaits something that does not come back through `resume`:
 * a step of an iterator, a `yield`, the `return` of an async generator. What only looks like a
 * thenable cannot go in a box there.
 */
export function pause(strand: Strand, result: unknown): unknown {
  const { handedOn, ending } = takenOver(result, here.frame);
  suspend(strand, undefined);
  strand.awaiting = ending;
  return handedOn;
}

/** Enters the strand again after an `await`, and takes in what it waited for. */
export function resume<T>(strand: Strand, value: T): T {
  strand.outer = here.frame;
  here.frame = strand.frame;
  return strand.awaiting === undefined ? value : (takeIn(strand, value) as T);
}

/**
 * Enters a module again after a top-level `await`. A module that throws has nowhere to leave its
 * frame, so a microtask does it.
 */
export function resumeModule<T>(strand: Strand, value: T): T {
  resetSoon();
  return resume(strand, value);
}

/** Enters the strand if it is suspended: at the head of `catch` and `finally`, after `for await`. */
export function back(strand: Strand): void {
  if (strand.outer === undefined) resume(strand, undefined);
}

/** The same in a module. */
export function backInModule(strand: Strand): void {
  if (strand.outer === undefined) resumeModule(strand, undefined);
}

/** Ends the strand: what it ended with is what its promise carries from now on. */
export function end(strand: Strand): void {
  back(strand);
  strand.frame = here.frame;
  here.frame = strand.outer!;
  strand.outer = undefined;
}

/** `return value` in an async function: the strand's promise also ends with what `value` does. */
export function adopt(strand: Strand, value: unknown): unknown {
  strand.adopted = adoptedBy(strand, value);
  if (strand.adopted !== undefined || !isForeign(value)) return value;
  const { handedOn, ending } = carried(value, here.frame);
  strand.adopted = ending;
  return handedOn;
}

/** What a strand takes over with a promise. One that is resolved with itself rejects: nothing. */
export function adoptedBy(strand: Strand, value: unknown): Ending | undefined {
  const ending = endingOf(value);
  return ending === strand ? undefined : ending;
}

/** Makes a strand of a body that entered by itself: an async generator at its first `next()`. */
export function enter(): Strand {
  const outer = here.frame;
  const frame = branch(outer);
  here.frame = frame;
  return (here.stepping = new Strand(frame, outer));
}

/** The same in the frame in which a generator was made. */
export function enterCreated(created: Frame): Strand {
  const outer = here.frame;
  here.frame = branch(created);
  return (here.stepping = new Strand(here.frame, outer));
}

/** Leaves the strand at a `yield` of a plain generator, with the value that it gives. */
export function leaveFor<T>(strand: Strand, value: T): T {
  suspend(strand, undefined);
  return value;
}

/** Calls one step of an iterator; the promise of a compiled async generator carries its strand. */
export function takeStep(iterator: object, call: () => unknown): unknown {
  const outer = here.stepping;
  here.stepping = undefined;
  try {
    const promise = call();
    if (!(promise instanceof Promise)) return promise;
    const strand = here.stepping ?? here.generators.get(iterator);
    if (strand === undefined) return promise;
    if (here.stepping === undefined)
      here.asked.set(strand, [...(here.asked.get(strand) ?? []), here.frame]);
    else here.generators.set(iterator, strand);
    if (endingOf(promise) === undefined) stampNew(promise, strand);
    return promise;
  } finally {
    here.stepping = outer;
  }
}

/** Makes a strand of a module with top-level `await`; a microtask leaves it if it throws. */
export function enterModule(): Strand {
  resetSoon();
  return enter();
}

/** Goes on after a `yield`, in the frame of whoever called `next()`, joined with its own. */
export function proceed<T>(strand: Strand, value: T): T {
  const own = settled(strand, strand.frame);
  here.stepping = strand;
  // A step that was asked for ahead begins when the platform gets to it.
  const caller =
    here.frame === OUTSIDE ? (here.asked.get(strand)?.shift() ?? here.frame) : here.frame;
  strand.outer = here.frame;
  here.frame = joinFrames(branch(caller), own);
  return value;
}

/**
 * Runs `fn` in `frame` and goes back, whatever happens. Returns the frame it ended with through
 * `ended`, when somebody wants to know.
 */
export function runIn<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
  ended?: (frame: Frame) => void,
): R {
  const outer = here.frame;
  here.frame = frame;
  try {
    return Reflect.apply(fn, receiver, args) as R;
  } finally {
    if (ended !== undefined) ended(here.frame);
    here.frame = outer;
  }
}

/**
 * Calls a callback of the program in `frame`. What it enters reaches a caller that waits for it, as with
 * any call. What it throws is not touched, only noted: catching it would move the place that Node prints.
 */
export function callIn<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
): R {
  const outer = here.frame;
  here.frame = frame;
  let threw = true;
  try {
    const result = Reflect.apply(fn, receiver, args) as R;
    threw = false;
    return result;
  } finally {
    leaveCall(outer, frame, threw);
  }
}

/** Goes back to whoever called, after a callback that was started in a frame. */
function leaveCall(outer: Frame, started: Frame, threw: boolean): void {
  const ended = here.frame;
  here.frame = ended.entered === started.entered ? outer : enteredInto(outer, started, ended);
  if (threw && outer === OUTSIDE) noteFailure(ended);
}

/**
 * The same for the callbacks of timers and of most events, which are given nothing or one value. An array
 * that is written where it is applied is never made: an event costs a quarter less.
 */
export function callShort<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  count: number,
  argument: unknown,
): R {
  const outer = here.frame;
  here.frame = frame;
  let threw = true;
  try {
    const result =
      count === 0 ? Reflect.apply(fn, receiver, []) : Reflect.apply(fn, receiver, [argument]);
    threw = false;
    return result as R;
  } finally {
    leaveCall(outer, frame, threw);
  }
}

/** Whether a callback that is tied to this frame would run in the very one that is current. */
export function isPlainlyHere(frame: Frame): boolean {
  return (
    here.frame === frame &&
    frame !== OUTSIDE &&
    frame.cause === undefined &&
    tokensWithSpawn.length === 0
  );
}

/** Calls it there: an emitter that is triggered where its listener was registered. */
export function callHere<R>(
  frame: Frame,
  fn: (this: never, argument: never) => R,
  receiver: unknown,
  argument: unknown,
): R {
  try {
    return Reflect.apply(fn, receiver, [argument]) as R;
  } finally {
    if (here.frame !== frame) here.frame = returnTo(frame, here.frame);
  }
}

/**
 * Runs one reaction to a promise: `callback(value)` in `strand`, which starts from its `outer`, joined with
 * what that promise ended with. What it returns goes to the platform through `handOn`, which notes whose
 * promise the strand adopts.
 */
export function react(
  strand: Strand,
  callback: (value: unknown) => unknown,
  value: unknown,
  handOn = adopt,
): unknown {
  const outer = here.frame;
  const { outer: start, adopted } = strand;
  // A subclass's own `then` may call a reaction twice: the second time it has started.
  here.frame = start === undefined ? strand.frame : joinAdopted(start, adopted);
  // Until now the strand stood for the promise it reacts to, in case nothing reacts at all.
  strand.adopted = undefined;
  strand.outer = undefined;
  try {
    const result = callback(value);
    return typeof result === 'object' || typeof result === 'function'
      ? handOn(strand, result)
      : result;
  } finally {
    strand.frame = here.frame;
    here.frame = outer;
  }
}

/** Replaces the current frame: the one place where a slot is set. */
export function setCurrentFrame(frame: Frame): void {
  if (here.frame === OUTSIDE) resetSoon();
  here.frame = frame;
}

/** Notes that the strand which is running came through a spawn point. */
export function causeHere(site: number): void {
  here.frame = here.frame.causedBy(causedAt(site, here.frame.cause));
}

/**
 * Calls a function of ours that hands work over, in a frame that says where that is. What user code that
 * it calls sets is kept.
 */
export function spawnAt<A extends unknown[], R>(
  site: number,
  helper: (...args: A) => R,
  args: A,
): R {
  const { cause } = here.frame;
  causeHere(site);
  try {
    return helper(...args);
  } finally {
    const after = here.frame.causedBy(cause);
    here.frame = after.isRoot ? OUTSIDE : after;
  }
}

/** Sets a slot here and for whoever called, until the first `await` on the way out. */
export function enterSlot<T>(token: Token<T>, value: T): void {
  setCurrentFrame(here.frame.entering(token, value));
}

/**
 * Calls `fn` with one slot set, and takes back that one and nothing else, as Node's AsyncLocalStorage
 * does: what `fn` sets in other slots is there afterwards, as after any call.
 */
export function runWith<T, R>(
  token: Token<T>,
  value: T,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
): R {
  const outer = here.frame;
  const frame = outer.with(token, value);
  here.frame = frame;
  try {
    return Reflect.apply(fn, receiver, args) as R;
  } finally {
    if (here.frame === frame) here.frame = outer;
    // The root frame belongs to nobody, and stays as it is.
    else here.frame = outer === OUTSIDE ? outer : here.frame.withAsIn(outer, token as AnyToken);
  }
}

// Bare realms, such as those of older test runners, have promises only.
const enqueue =
  typeof queueMicrotask === 'function'
    ? queueMicrotask
    : (work: () => void): void => void Promise.resolve().then(work);

/**
 * A slot set where no strand runs (the top level of a module, code that was not compiled) lasts
 * until that run of synchronous code is over. No strand is there to leave the frame, so a
 * microtask does it.
 */
function resetSoon(): void {
  if (here.resetQueued) return;
  here.resetQueued = true;
  enqueue(() => {
    here.resetQueued = false;
    here.frame = OUTSIDE;
  });
}

/** The slow half of `resume`: joins what was awaited, or opens the box it came in. */
function takeIn(strand: Strand, value: unknown): unknown {
  here.frame = settled(strand, here.frame);
  return value instanceof Box ? value.content : value;
}

function settled(strand: Strand, frame: Frame): Frame {
  const ending = strand.awaiting;
  strand.awaiting = undefined;
  return ending === undefined ? frame : joinEnding(frame, ending);
}

/** What `await` is given for a value that is no native promise: its `then` runs in this frame. */
function awaitable(strand: Strand, value: object): unknown {
  const { handedOn, ending } = carriedToAwait(value, here.frame);
  // A box is opened on resumption, which looks only when something is awaited.
  strand.awaiting = ending ?? OUTSIDE;
  return handedOn;
}
