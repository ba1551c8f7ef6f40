import type { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { requireFromJest } from './jest-packages.js';
import { watched } from './watched-environment.js';

const { TestEnvironment: Node } = requireFromJest<{ TestEnvironment: typeof NodeEnvironment }>(
  'jest-environment-node',
);

export { watched };
/** Jest's Node environment, watched by Throughline. For configurations that set their own `testRunner`. */
export default class TestEnvironment extends watched(Node) {}
