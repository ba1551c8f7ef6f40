export { extract, inject } from './operations/carrier.js';
export type { Carrier } from './operations/carrier.js';
export { operation } from './operations/operation.js';
export { tracedHandler } from './operations/traced-handler.js';
