import type { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { requireFromJest } from './jest-packages.js';
import { watched } from './watched-environment.js';

// Its types ask for jsdom's; what is used of it, both environments have.
const { TestEnvironment: Jsdom } = requireFromJest<{ TestEnvironment: typeof NodeEnvironment }>(
  'jest-environment-jsdom',
);

/** Jest's environment of jsdom, watched. */
export default class TestEnvironment extends watched(Jsdom) {}
