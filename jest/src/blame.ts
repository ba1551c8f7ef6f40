import type { Circus } from '@jest/types';

/** What Circus keeps of rejections; the maps by which it finds them again are newer than its types. */
interface Rejections {
  readonly unhandledRejectionErrorByPromise?: Map<object, unknown>;
  readonly unhandledRejectionErrorByPromiseTarget?: WeakMap<object, Map<object, unknown>>;
  readonly unhandledRejectionErrorByPromiseByHook?: WeakMap<object, Map<object, unknown>>;
}

/**
 * Moves an error to the test that it belongs to. Circus gives it to the test whose asynchronous
 * resources it came through, or when it finds none, to the file.
 */
export function blame(
  guilty: Circus.TestEntry,
  error: unknown,
  promise: object | undefined,
  state: Circus.State,
): void {
  if (promise) {
    blameRejection(guilty, error, promise, state as Circus.State & Rejections);
    return;
  }
  if (guilty.errors.includes(error as Error)) return;
  for (const errors of [state.unhandledErrors, ...testsOf(state).map((test) => test.errors)]) {
    const index = (errors as unknown[]).lastIndexOf(error);
    if (index >= 0) errors.splice(index, 1);
  }
  guilty.errors.push(error as Error);
}

/** A rejection may yet be handled: Circus looks into these maps once there was time for that. */
function blameRejection(
  guilty: Circus.TestEntry & Rejections,
  error: unknown,
  promise: object,
  state: Circus.State & Rejections,
): void {
  const right = guilty.unhandledRejectionErrorByPromise;
  const targets = state.unhandledRejectionErrorByPromiseTarget;
  if (right === undefined || targets === undefined) return;
  const given = targets.get(promise);
  if (given === right) return;
  given?.delete(promise);
  right.set(promise, error);
  targets.set(promise, right);
}

/**
 * Whose Circus takes an error to be, by the asynchronous resources of Node: for a promise that compiled
 * code did not make.
 */
export function ownerByCircus(
  error: unknown,
  promise: object | undefined,
  state: Circus.State & Rejections,
): Circus.TestEntry | Circus.Hook | undefined {
  const tests = testsOf(state) as (Circus.TestEntry & Rejections)[];
  if (!promise) return tests.find(({ errors }) => errors.includes(error as Error));
  const target = state.unhandledRejectionErrorByPromiseTarget?.get(promise);
  if (target === undefined) return undefined;
  const byHook = state.unhandledRejectionErrorByPromiseByHook;
  return (
    tests.find((test) => test.unhandledRejectionErrorByPromise === target) ??
    blocksOf(state)
      .flatMap(({ hooks }) => hooks)
      .find((hook) => byHook?.get(hook) === target)
  );
}

function blocksOf(state: Circus.State): Circus.DescribeBlock[] {
  const blocks = [state.rootDescribeBlock];
  for (const block of blocks) {
    for (const child of block.children) if (child.type === 'describeBlock') blocks.push(child);
  }
  return blocks;
}

export function testsOf(state: Circus.State): Circus.TestEntry[] {
  return blocksOf(state).flatMap(({ children }) =>
    children.filter((child): child is Circus.TestEntry => child.type === 'test'),
  );
}
