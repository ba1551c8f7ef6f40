import { causalMatchers } from '@throughline/ledger';
import type { Owner } from '@throughline/ledger';
import type { TestFile } from './test-file.js';

/** The part of Chai that is used here. */
export interface Chai {
  readonly Assertion: { readonly prototype: object };
  use(plugin: (chai: Chai, utils: Utils) => void): unknown;
}
interface Utils {
  overwriteMethod(
    target: object,
    name: string,
    replace: (method: (...args: unknown[]) => unknown) => (...args: unknown[]) => unknown,
  ): void;
}

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
  chai.use(({ Assertion }, utils) => {
    for (const name of Object.getOwnPropertyNames(Assertion.prototype)) {
      if (!/^to[A-Z]/.test(name)) continue;
      utils.overwriteMethod(
        Assertion.prototype,
        name,
        (method) =>
          function (this: unknown, ...args) {
            const { owner } = files;
            if (!owner?.isOver) return Reflect.apply(method, this, args);
            const { expectations } = files.fileOf(owner).watch;
            expectations.noteLate(owner);
            try {
              return Reflect.apply(method, this, args);
            } catch (error) {
              expectations.markTold(error);
              throw error;
            }
          },
      );
    }
  });
}
