import { preset } from './preset.js';

export default preset();
