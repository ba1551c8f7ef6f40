// The runtime as one script for another realm, where modules cannot be loaded: the realm of a test file. Built
// to `dist/realm/script.js`, whose value is a function that runs it there and returns these.
import * as compiled from './compiled-with-causes.js';
import * as runtime from './index.js';
import * as ledger from './ledger.js';

export { compiled, ledger, runtime };

/** The global object of that realm. */
export const global: typeof globalThis = globalThis;
