// The setup file for Vitest 3 and 4.0, in Node.
import { node } from '../platform/node.js';
import { begin } from './begin.js';
import { given } from './vitest-3.js';

await begin(given, node);
