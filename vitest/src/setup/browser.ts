// The setup file for Vitest 4.1 and later, in browsers.
import { browser } from '../platform/browser.js';
import { begin } from './begin.js';
import { given } from './vitest.js';

await begin(given, browser);
