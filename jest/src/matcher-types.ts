import type { CausalMatchers } from '@throughline/ledger';
import type {} from 'expect';

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
