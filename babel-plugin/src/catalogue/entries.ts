import type { EventPolicy, SpawnPointKind } from '../options.js';
import type { HelperName, WholeCallHelper } from './helpers.js';

/** Which arguments are callbacks: places from 0, the last one that is given, or every one. */
export type Places = readonly number[] | 'last' | 'all';

/** What stands for a callback. */
export type StandIn =
  'spawn' | 'spawnAlike' | 'failing' | 'listening' | 'members' | 'stages' | 'spawnEach';

/** A function or constructor that is handed callbacks to run later: `setTimeout(callback)`. */
export interface CallbackPoint {
  readonly kind: SpawnPointKind;
  readonly callbacks: Places;
  /** `spawn`, unless the one who is handed the callback looks at it. */
  readonly as?: StandIn;
}

/** A function whose whole call goes through a helper: `once(emitter, name)`. */
export interface WholeCallPoint {
  readonly kind: SpawnPointKind;
  readonly helper: WholeCallHelper;
}

/** A function that gives one which is handed callbacks in its turn: an HTTP handler. */
export interface ResultPoint {
  readonly kind: SpawnPointKind;
  readonly result: 'middleware';
}

export type Point = CallbackPoint | WholeCallPoint | ResultPoint;

/** A method that a helper knows by name alone: it looks at the receiver when the call is made. */
export interface MethodPoint {
  readonly kind: SpawnPointKind;
  readonly helper: HelperName;
}

/** A method of certain classes, which are known when the call is made. */
export interface ClassMethodPoint extends CallbackPoint {
  /** Names of classes; without them, a class that the engine or Node brings along. */
  readonly classes?: readonly string[];
  /** The user says so: whatever the arguments look like. */
  readonly certain?: true;
}

/**
 * By path: `readFile`, `Agent.create`, `new DataLoader`, and `default()` for what a call gives.
 */
export type Points = Readonly<Record<string, Point>>;

/** A rule as the runtime reads it: `last`, `0,1`, `last listening:trigger`, `last spawnAlike of Client,Pool`. */
export function ruleText(
  { callbacks, as, classes }: ClassMethodPoint,
  policy: EventPolicy = 'auto',
): string {
  const places = typeof callbacks === 'string' ? callbacks : callbacks.join(',');
  const by = as === 'listening' && policy !== 'auto' ? `:${policy}` : '';
  const standIn = as === undefined || as === 'spawn' ? '' : ` ${as}${by}`;
  return `${places}${standIn}${classes ? ` of ${classes.join(',')}` : ''}`;
}
