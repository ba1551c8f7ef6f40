import { Frame, isEmpty, OUTSIDE } from './frame.js';
import type { EngineStorage } from './here.js';
import { shared } from './realm.js';

// The bridge: the engine's own AsyncLocalStorage holds the current frame as well, so that the context also gets
// through code that is not instrumented. The engine carries its store over every `await`, timer and native
// callback; instrumented code that is entered from there starts from the frame in the store.
//
//   instrumented   f = A   await pool.query()                 (the store holds A)
//   uninstrumented         waits, then calls back             (the engine has put A back)
//   instrumented           f = OUTSIDE, the store holds A     → starts from A
//
// The rule that all functions below keep: while a strand runs, the store holds its frame. So where the two
// differ, uninstrumented code has changed the context on purpose (`AsyncResource`, `AsyncLocalStorage.bind`).

/**
 * What to go back to after code that was entered where the store and the current frame differ. It reads like
 * the frame that the entered code starts from.
 */
class DetourFrame extends Frame {
  constructor(
    /** The current frame. */
    readonly exact: Frame,
    /** The frame that the store holds. */
    readonly carried: Frame,
  ) {
    super(valuesOf(carried), carried.entered, carried.cause);
  }
}

export const bridge = shared('bridge', {
  /** Called when the platform calls instrumented code, until it is known whether to open the bridge. */
  probe: undefined as (() => void) | undefined,
  Detour: DetourFrame,
  /** What to go back to after code that the engine resumed: it puts back its store by itself. */
  byEngine: new Frame([]),
});

/** Returns true if the storage and the current frame differed where code was entered that goes back to `outer`. */
export function isDetour(outer: Frame): outer is DetourFrame {
  return outer instanceof bridge.Detour;
}

/** Returns the frame of the running code: the one in the store, if uninstrumented code has changed that. */
export function carriedOver(storage: EngineStorage, exact: Frame): Frame {
  const carried = storage.getStore();
  if (carried === exact || carried === undefined) return exact;
  if (exact === OUTSIDE) return carried;
  // A resource that was made where no slot is set says nothing about a strand that runs.
  return isEmpty(carried) || holdSame(carried, exact) ? exact : carried;
}

/** Puts a frame into the store, which is known to hold `held`. */
export function store(storage: EngineStorage, frame: Frame, held: Frame): void {
  // Entering costs ten times as much as the rest, and builds with causes change the cause at every step.
  if (frame === held || holdSame(frame, held)) return;
  storage.enterWith(frame === OUTSIDE ? undefined : frame);
}

/** Returns true for frames with the same values, which may differ by their cause. */
function holdSame(one: Frame, other: Frame): boolean {
  return valuesOf(one) === valuesOf(other) || (isEmpty(one) && isEmpty(other));
}

function valuesOf(frame: Frame): readonly unknown[] {
  return (frame as unknown as { values: readonly unknown[] }).values;
}
