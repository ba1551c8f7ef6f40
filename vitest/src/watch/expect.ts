import { causalMatchers } from '@throughline/ledger';
import type { Owner } from '@throughline/ledger';
import type { TestFile } from './test-file.js';

/** The part of Chai that is used here. */
export interface Chai {
  readonly Assertion: { readonly prototype: object };
}
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The test files of the realm. */
interface Files {
  readonly current: TestFile;
  readonly owner: Owner | undefined;
  fileOf(owner: Owner): TestFile;
}

/**
 * Finds assertions that run after their test is over, whichever `expect` they come from, and adds the matchers for
 * events. Vitest itself waits for `.resolves`, `.rejects` and `expect.poll`, or fails the test for them.
 */
export function watchExpect(
  chai: Chai,
  expect: { extend(matchers: object): void },
  files: Files,
): void {
  expect.extend(causalMatchers(() => files.current.watch.events.current));
  const { prototype } = chai.Assertion;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const isMatcher = /^to[A-Z]/.test(name) && name !== 'toString';
    if (isMatcher && typeof Reflect.get(prototype, name) === 'function') {
      watchMethod(prototype, name, files);
    }
  }
}

/** Replaces a method only for the time of late calls: Vitest counts stack frames to find inline snapshots. */
function watchMethod(prototype: object, name: string, files: Files): void {
  let method = Reflect.get(prototype, name) as Method;
  const late: Method = function (...args) {
    const { expectations } = files.fileOf(files.owner!).watch;
    expectations.noteLate(files.owner!);
    try {
      return Reflect.apply(method, this, args);
    } catch (error) {
      expectations.markTold(error);
      throw error;
    }
  };
  Object.defineProperty(prototype, name, {
    configurable: true,
    get: () => (files.owner?.isOver ? late : method),
    set: (next: Method) => void (method = next),
  });
}
