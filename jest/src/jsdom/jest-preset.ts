import { jsdomPreset } from './index.js';

/** The preset `@throughline/jest/jsdom`, with default options. */
export default jsdomPreset();
