// Import this before everything else.
export { connected } from './channels/auto.js';
