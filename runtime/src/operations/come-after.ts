import { getLocal, setLocal } from '../faces/slots.js';
import { client } from '../xtrace/log.js';
import { joinTraces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';

/** Makes the current context come after the latest events of a trace as well. */
export function comeAfter(trace: Trace | undefined): void {
  if (trace) setLocal(client.traceSlot, joinTraces(getLocal(client.traceSlot), trace));
}
