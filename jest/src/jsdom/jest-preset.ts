import { jsdomPreset } from './index.js';

export default jsdomPreset();
