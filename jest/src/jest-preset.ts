import { preset } from './preset.js';

/** The preset `@throughline/jest`, with default options. */
export default preset();
