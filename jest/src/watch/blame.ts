import type { Circus } from '@jest/types';

/** The maps in which Circus tracks rejections. They are newer than its types. */
interface Rejections {
  readonly unhandledRejectionErrorByPromise?: Map<object, unknown>;
  readonly unhandledRejectionErrorByPromiseTarget?: WeakMap<object, Map<object, unknown>>;
  readonly unhandledRejectionErrorByPromiseByHook?: WeakMap<object, Map<object, unknown>>;
}

/**
 * Moves an error to the test that it belongs to, or takes it away when that is a test of another file. Circus assigns
 * it by Node's async resources, or to the file when that finds no test.
 */
export function blame(
  guilty: Circus.TestEntry | undefined,
  error: unknown,
  promise: object | undefined,
  state: Circus.State,
): void {
  if (promise && hasTargets(state)) {
    blameRejection(guilty, error, promise, state);
    return;
  }
  if (guilty?.errors.includes(error as Error)) return;
  for (const errors of [state.unhandledErrors, ...testsOf(state).map((test) => test.errors)]) {
    const index = (errors as unknown[]).lastIndexOf(error);
    if (index >= 0) errors.splice(index, 1);
  }
  guilty?.errors.push(error as Error);
}

/** Returns false for versions of Circus that assign a rejection as they assign an exception. */
function hasTargets(state: Circus.State): state is Circus.State & Rejections {
  return 'unhandledRejectionErrorByPromiseTarget' in state;
}

/** Moves a rejection between the maps that Circus reads later, because a rejection may still be handled. */
function blameRejection(
  guilty: (Circus.TestEntry & Rejections) | undefined,
  error: unknown,
  promise: object,
  state: Circus.State & Rejections,
): void {
  const right = guilty?.unhandledRejectionErrorByPromise;
  const targets = state.unhandledRejectionErrorByPromiseTarget!;
  const given = targets.get(promise);
  if (guilty && (right === undefined || given === right)) return;
  given?.delete(promise);
  if (right === undefined) return;
  right.set(promise, error);
  targets.set(promise, right);
}

/**
 * Returns the test or hook that Circus assigns an error to, by Node's async resources. Used for promises of
 * uninstrumented code.
 */
export function circusEntryOf(
  error: unknown,
  promise: object | undefined,
  state: Circus.State & Rejections,
): Circus.TestEntry | Circus.Hook | undefined {
  const tests = testsOf(state) as (Circus.TestEntry & Rejections)[];
  if (!promise || !hasTargets(state))
    return tests.find(({ errors }) => errors.includes(error as Error));
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

/** Returns the tests of a file, in all its blocks. */
export function testsOf(state: Circus.State): Circus.TestEntry[] {
  return blocksOf(state).flatMap(({ children }) =>
    children.filter((child): child is Circus.TestEntry => child.type === 'test'),
  );
}
