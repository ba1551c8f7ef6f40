// The setup file for Vitest 3 and 4.0, in browsers.
import { browser } from '../platform/browser.js';
import { begin } from './begin.js';
import { given } from './vitest-3.js';

await begin(given, browser);
