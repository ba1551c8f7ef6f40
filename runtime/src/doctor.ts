export { doctor } from './faces/doctor.js';
export type { Doctor } from './faces/doctor.js';
export type { Examined, ExaminedPlace } from './causes/examination.js';
