import type { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { requireFromJest } from './jest-packages.js';
import { watched } from './watched-environment.js';

// Typed as the Node environment: its own types need those of jsdom, and both have the members used here.
const { TestEnvironment: Jsdom } = requireFromJest<{ TestEnvironment: typeof NodeEnvironment }>(
  'jest-environment-jsdom',
);

/** Jest's jsdom environment, watched by Throughline. For configurations that set their own `testRunner`. */
export default class TestEnvironment extends watched(Jsdom) {}
