// What `register` loads when it has something to compile: everything that needs Babel.
export { withEvaluated } from './evaluated-modules.js';
export type { EvaluatedModule } from './evaluated-modules.js';
export { hasDecorators, instrumentSync, isModule } from './transform.js';
