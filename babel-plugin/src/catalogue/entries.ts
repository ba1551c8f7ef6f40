import type { EventPolicy, SpawnPointKind } from '../options.js';
import type { HelperName, WholeCallHelper } from './helpers.js';

/** The arguments that are callbacks: indexes from 0, the last argument of the call, or all. */
export type ArgumentIndexes = readonly number[] | 'last' | 'all';

/** Helper that wraps a callback. */
export type CallbackWrapper =
  | 'spawn'
  | 'spawnAlike'
  | 'spawnFailureListener'
  | 'spawnListener'
  | 'spawnMembers'
  | 'spawnStages'
  | 'spawnEach';

/** A function or constructor that takes callbacks and runs them later: `setTimeout(callback)`. */
export interface CallbackPoint {
  readonly kind: SpawnPointKind;
  readonly callbacks: ArgumentIndexes;
  /** Default: `spawn`. Others are for receivers that inspect the callback or call it in another way. */
  readonly as?: CallbackWrapper;
}

/** A function whose whole call goes through a helper: `once(emitter, name)`. */
export interface WholeCallPoint {
  readonly kind: SpawnPointKind;
  readonly helper: WholeCallHelper;
}

/** A function that returns a function which takes callbacks: an HTTP handler with its `next`. */
export interface ResultPoint {
  readonly kind: SpawnPointKind;
  readonly result: 'middleware';
}

/** An entry of the catalogue. */
export type Point = CallbackPoint | WholeCallPoint | ResultPoint;

/** A method that is recognised by name alone. Its helper inspects the receiver at the time of the call. */
export interface MethodPoint {
  readonly kind: SpawnPointKind;
  readonly helper: HelperName;
}

/** A method of certain classes. The receiver's class is checked at the time of the call. */
export interface ClassMethodPoint extends CallbackPoint {
  /** Names of the classes. Default: the classes of the engine and of Node. */
  readonly classes?: readonly string[];
  /** Set for the user's own spawn points: they apply whatever the arguments look like. */
  readonly certain?: true;
}

/**
 * Entries by path: `readFile`, `Agent.create`, `new DataLoader`, and `default()` for the result of a call.
 */
export type Points = Readonly<Record<string, Point>>;

/** Returns a rule in the runtime's format: `last`, `0,1`, `last spawnListener:trigger`, `last spawnAlike of Pool`. */
export function ruleText(
  { callbacks, as, classes }: ClassMethodPoint,
  policy: EventPolicy = 'auto',
): string {
  const indexes = typeof callbacks === 'string' ? callbacks : callbacks.join(',');
  const by = as === 'spawnListener' && policy !== 'auto' ? `:${policy}` : '';
  const wrapper = as === undefined || as === 'spawn' ? '' : ` ${as}${by}`;
  return `${indexes}${wrapper}${classes ? ` of ${classes.join(',')}` : ''}`;
}
