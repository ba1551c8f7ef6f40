import { client } from '../xtrace/log.js';
import { shortened } from './bounds.js';
import { calledFrom } from './called-from.js';

/** Makes an event of a line that the program writes: its text, its level, and what has written it. */
export function logLine(logger: string, level: string, text: string): void {
  client.logFrom(calledFrom(), shortened(text), { 'log.level': level, 'log.logger': logger });
}
