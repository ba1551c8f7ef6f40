// The setup file for Vitest 4.1 and later, in Node.
import { node } from '../platform/node.js';
import { begin } from './begin.js';
import { given } from './vitest.js';

await begin(given, node);
