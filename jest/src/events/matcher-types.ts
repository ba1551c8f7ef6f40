import type {} from 'expect';

/** What the preset adds to `expect`. `R` is what a matcher returns. */
export interface CausalMatchers<R> {
  /**
   * The event came before another one and led to it: by causality, whatever the clock says. Both are ids,
   * as `log()` returns them, or labels of events of this test.
   *
   * @example
   * expect('order placed').toHaveCaused('mail sent');
   */
  toHaveCaused(event: string): R;
  /**
   * The event came before another one, by causality: a strand that had it in its past logged the other. Two
   * strands that did not wait for each other are in no order, whatever the clock says.
   *
   * @example
   * expect(log('locked')).toHappenBefore('written');
   */
  toHappenBefore(event: string): R;
}

// `import { expect } from '@jest/globals'`.
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends CausalMatchers<R> {}
}

// The global `expect` of @types/jest.
declare global {
  namespace jest {
    interface Matchers<R, T> extends CausalMatchers<R> {}
  }
}
