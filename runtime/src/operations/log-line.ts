import { setLocal } from '../faces/slots.js';
import { client, textsOf } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { addEvent } from '../xtrace/trace.js';
import { shortened } from './bounds.js';
import { calledFrom } from './called-from.js';

/** Makes an event of a line that the program writes: its text, its level, what has written it, and where. */
export function logLine(logger: string, level: string, text: string): void {
  logFrom(calledFrom(), text, { 'log.level': level, 'log.logger': logger });
}

/** Logs an event that comes from a line of the program. */
export function logFrom(source: string | undefined, label: string, fields: Fields): void {
  const before = client.currentTrace();
  const { trace, id } = addEvent(before);
  setLocal(client.traceSlot, trace);
  client.report(before, id, shortened(label), textsOf(before, fields), source);
}
