export { operation } from './operations/operation.js';
