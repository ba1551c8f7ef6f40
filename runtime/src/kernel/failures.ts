import { isList } from './endings.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { endingOf } from './promise-stamp.js';
import { isPromise, shared } from './realm.js';
import { currentFrame } from './current.js';
import type { Ending, Strand } from './strand.js';

/** Events of Node's `process` that report an unhandled failure. */
const ofProcess = new Set([
  ...['uncaughtException', 'uncaughtExceptionMonitor', 'unhandledRejection', 'rejectionHandled'],
]);
/** Events of a page or a worker that report an unhandled failure, as events and as `onerror` and the like. */
const ofGlobal = new Set(['error', 'unhandledrejection', 'rejectionhandled']);

/** Returns true if a listener for event `name` of `target` receives unhandled failures. */
export function isFailureEvent(target: unknown, name: unknown): boolean {
  const realm = globalThis as { process?: unknown };
  if (target === realm.process) return ofProcess.has(name as string);
  return target === globalThis && ofGlobal.has(name as string);
}

const failures = shared('failures', {
  /** The frame of the callback that threw last. Cleared once the platform has reported the error. */
  latest: undefined as Frame | undefined,
  /** Frames in which promises were made, by promise or by its ending, where no strand rejects them. */
  madeIn: new WeakMap<object, Frame>(),
  /** Frames of listeners that threw where the platform catches the error and reports it later, by error. */
  thrownIn: new WeakMap<object, Frame>(),
});

/** True in Node and in engines that have its `process.on`. */
export const isNode =
  typeof (globalThis as { process?: { on?: unknown } }).process?.on === 'function';
// Read once, because a program may install fake timers. Node reports an error at once, a page after its microtasks.
const later: (work: () => void) => void =
  !isNode && typeof setTimeout === 'function'
    ? setTimeout
    : (work) => void Promise.resolve().then(work);

/** Notes that a callback which the platform called has thrown; `frame` is the frame it ended with. */
export function noteFailure(frame: Frame): void {
  if (failures.latest === undefined) later(() => (failures.latest = undefined));
  failures.latest = frame;
}

/**
 * Notes the frame of a listener of an event target that threw. Node catches the error and throws it again from a
 * tick of its own. A page reports it at once, with the position where it was thrown, so there it is not caught.
 */
export function noteThrown(error: unknown, frame: Frame): void {
  if (typeof error === 'object' && error !== null) failures.thrownIn.set(error, frame);
}

/** Notes that a promise was made in a frame, for the case that it is rejected where no strand runs. */
export function noteMade(promise: object, frame: Frame): void {
  failures.madeIn.set(promise, frame);
}

/** Notes that a promise of the platform was made here, and returns it. */
export function madeHere<P>(promise: P): P {
  if (isPromise(promise) && endingOf(promise) === undefined) noteMade(promise, currentFrame());
  return promise;
}

/**
 * Returns the frame of the strand that failed, from the arguments of a failure listener: `(error)`,
 * `(reason, promise)`, or an event that has a promise. Where no strand failed, that in which the promise was made.
 * Undefined when neither is known.
 */
export function failureFrame(args: ArrayLike<unknown>): Frame | undefined {
  const frame = frameFrom(args);
  return frame === OUTSIDE ? undefined : frame;
}

function frameFrom(args: ArrayLike<unknown>): Frame | undefined {
  if (isPromise(args[1])) return frameOfRejection(args[1]);
  const event = args[0] as { promise?: unknown } | null | undefined;
  if (typeof event === 'object' && isPromise(event?.promise))
    return frameOfRejection(event.promise);
  const error = args[0];
  const thrown = typeof error === 'object' && error !== null && failures.thrownIn.get(error);
  return thrown || failures.latest;
}

function frameOfRejection(promise: object): Frame | undefined {
  const ending = endingOf(promise);
  const frame = frameOfEnding(ending);
  if (frame && frame !== OUTSIDE) return frame;
  // A reaction that never starts was made in the frame that it would start from.
  return failures.madeIn.get(ending ?? promise) ?? (ending as Strand | undefined)?.outer;
}

/** Returns the frame that the strand behind a promise ended with. If it adopted the failed one, the frame of that. */
export function frameOfPromise(promise: unknown): Frame | undefined {
  return frameOfEnding(endingOf(promise));
}

/** Returns the frame at the end of a chain of adopted endings. */
export function frameOfEnding(ending: Ending | undefined): Frame | undefined {
  for (const seen = new Set<Ending>(); ending !== undefined && !seen.has(ending);) {
    seen.add(ending);
    const { adopted }: Ending = ending;
    const next = isList(adopted) ? adopted[adopted.length - 1] : adopted;
    if (next === undefined) return ending.frame;
    ending = next;
  }
  return ending?.frame;
}
