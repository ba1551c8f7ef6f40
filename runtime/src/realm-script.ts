// The runtime as one script, for a realm that cannot load modules, such as the realm of a test file. Built to
// `dist/realm/script.cjs`, whose value is a function that runs the script in a realm and returns these exports.
import * as compiled from './compiled-with-causes.js';
import * as runtime from './index.js';
import * as ledger from './ledger.js';

export { compiled, ledger, runtime };
export { closeBridge } from './kernel/index.js';

/** The global object of the realm in which the script runs. */
export const global: typeof globalThis = globalThis;
