import { isList } from './endings.js';
import type { Frame } from './frame.js';
import { endingOf } from './promise-stamp.js';
import { isPromise, shared } from './realm.js';
import type { Ending } from './strand.js';

/** Events of Node's process that tell of a failure which nobody handled. */
const ofProcess = new Set([
  ...['uncaughtException', 'uncaughtExceptionMonitor', 'unhandledRejection', 'rejectionHandled'],
]);
/** The same of a page or a worker, as events and as `onerror`, `onunhandledrejection`. */
const ofGlobal = new Set(['error', 'unhandledrejection', 'rejectionhandled']);

/** Whether a listener for that event is told of failures that nobody handled. */
export function tellsOfFailures(target: unknown, name: unknown): boolean {
  const realm = globalThis as { process?: unknown };
  if (target === realm.process) return ofProcess.has(name as string);
  return target === globalThis && ofGlobal.has(name as string);
}

const failures = shared('failures', {
  /** The frame of the callback that has just thrown, until whoever is told of it was told. */
  latest: undefined as Frame | undefined,
  /** Frames of listeners that threw where the platform goes on and tells of it later, by error. */
  thrownIn: new WeakMap<object, Frame>(),
});

// Taken once: fake timers are the program's. Node tells at once; a page when its microtasks have run.
export const isNode =
  typeof (globalThis as { process?: { on?: unknown } }).process?.on === 'function';
const later: (work: () => void) => void =
  !isNode && typeof setTimeout === 'function'
    ? setTimeout
    : (work) => void Promise.resolve().then(work);

/** Notes that a callback which the platform called threw, with the frame that it ended with. */
export function noteFailure(frame: Frame): void {
  if (failures.latest === undefined) later(() => (failures.latest = undefined));
  failures.latest = frame;
}

/**
 * Notes what a listener of an event target threw: Node catches that, and throws it from a tick of its own.
 * A page tells at once, and of the place where it was thrown: there it must not be caught on the way.
 */
export function noteThrown(error: unknown, frame: Frame): void {
  if (typeof error === 'object' && error !== null) failures.thrownIn.set(error, frame);
}

/**
 * The frame of the strand that failed, for a listener that is called with `(error)`, with
 * `(reason, promise)`, or with an event that has a promise. Undefined when it is not known.
 */
export function failureFrame(args: ArrayLike<unknown>): Frame | undefined {
  if (isPromise(args[1])) return frameOfPromise(args[1]);
  const event = args[0] as { promise?: unknown } | null | undefined;
  if (typeof event === 'object' && isPromise(event?.promise)) return frameOfPromise(event.promise);
  const error = args[0];
  const thrown = typeof error === 'object' && error !== null && failures.thrownIn.get(error);
  return thrown || failures.latest;
}

/** The frame that the strand behind a promise ended with: of the one that failed, if it was adopted. */
export function frameOfPromise(promise: unknown): Frame | undefined {
  return frameOfEnding(endingOf(promise));
}

/** The same for what a promise carries. */
export function frameOfEnding(ending: Ending | undefined): Frame | undefined {
  for (const seen = new Set<Ending>(); ending !== undefined && !seen.has(ending);) {
    seen.add(ending);
    const { adopted }: Ending = ending;
    const next = isList(adopted) ? adopted.at(-1) : adopted;
    if (next === undefined) return ending.frame;
    ending = next;
  }
  return ending?.frame;
}
