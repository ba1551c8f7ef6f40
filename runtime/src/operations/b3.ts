import { padTask } from '../xtrace/ids.js';
import { shared } from '../kernel/index.js';
import type { TraceParent } from './trace-context.js';

// B3, the headers of Zipkin (openzipkin/b3-propagation): read and sent on request.

/** How B3 is sent: one header, or one for each part. */
export type B3Form = 'single' | 'multi';

/** Where a request comes from. Flags are missing where the decision to keep the trace is left to the receiver. */
export interface Sender extends Omit<TraceParent, 'flags'> {
  readonly flags: string | undefined;
}

export const b3 = shared('b3', { forms: [] as readonly B3Form[] });

const SINGLE = /^([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(?:-([01d])(?:-[0-9a-f]{16})?)?$/;
const TASK_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/;
const EVENT_ID = /^[0-9a-f]{16}$/;
const ZEROS = /^0+$/;
/** What stands for a trace that is recorded. `d` is for debugging. */
const SAMPLED = new Set(['1', 'd', 'true']);

/** Reads B3 of a request: the one header first, as its standard says. Returns undefined where it names no trace. */
export function readB3(header: (name: string) => string | undefined): Sender | undefined {
  if (b3.forms.length === 0) return undefined;
  const [, ...single] = SINGLE.exec(header('b3')?.trim() ?? '') ?? [];
  const [taskId, eventId, sampled] =
    single[0] === undefined
      ? ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled'].map((name) => header(name)?.trim())
      : single;
  if (!TASK_ID.test(taskId ?? '') || !EVENT_ID.test(eventId ?? '')) return undefined;
  if (ZEROS.test(taskId!) || ZEROS.test(eventId!)) return undefined;
  const decision = header('x-b3-flags')?.trim() === '1' ? '1' : sampled;
  const flags = decision === undefined ? undefined : SAMPLED.has(decision) ? '01' : '00';
  return { taskId: padTask(taskId!), eventId: eventId!, flags };
}

/** Returns the headers of B3 that are asked for. */
export function b3Headers({
  taskId,
  eventId,
  flags,
}: TraceParent): [name: string, value: string][] {
  const sampled = String(Number.parseInt(flags, 16) & 1);
  return b3.forms.flatMap((form): [string, string][] =>
    form === 'single'
      ? [['b3', `${taskId}-${eventId}-${sampled}`]]
      : [
          ['x-b3-traceid', taskId],
          ['x-b3-spanid', eventId],
          ['x-b3-sampled', sampled],
        ],
  );
}
