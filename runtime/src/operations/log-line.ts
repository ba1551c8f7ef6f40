import { setLocal } from '../faces/slots.js';
import { client } from '../xtrace/log.js';
import { addEvent } from '../xtrace/trace.js';
import { shortened } from './bounds.js';
import { calledFrom } from './called-from.js';

/** Makes an event of a line that the program writes: its text, its level, what has written it, and where. */
export function logLine(logger: string, level: string, text: string): void {
  const before = client.currentTrace();
  const { trace, id } = addEvent(before);
  setLocal(client.traceSlot, trace);
  const fields = { 'log.level': level, 'log.logger': logger };
  client.report(before, id, shortened(text), fields, calledFrom());
}
