import { getLocal, setLocal } from '../faces/slots.js';
import { currentFrame } from '../kernel/index.js';
import { client, isKept } from '../xtrace/log.js';
import type { Fields, TextFields } from '../xtrace/log.js';
import type { EventId } from '../xtrace/ids.js';
import { addEvent, joinTraces, traceOfProcess } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import { addFields, shortened } from './bounds.js';
import { calledFrom } from './called-from.js';

/** What an operation is to the work around it: OpenTelemetry's span kinds (Trace API, "SpanKind"). */
export type OperationKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** How an operation has ended. It is `cancelled` when the one who asked went away or gave up. */
export type OperationStatus = 'ok' | 'error' | 'cancelled';

/** Whether it was begun by somebody else, and not by a line of this program. */
const COMES_FROM_OUTSIDE: Readonly<Record<OperationKind, boolean>> = {
  ...{ server: true, consumer: true },
  ...{ client: false, producer: false, internal: false },
};

/** The last word of the label of an end event, where nothing better is known. */
const ENDINGS: Readonly<Record<OperationStatus, string>> = {
  ok: 'ended',
  error: 'failed',
  cancelled: 'cancelled',
};

/** A piece of work that has begun. In the graph it is two events, `begin` and `end`. */
export interface Operation {
  /** The id of its begin event. */
  readonly id: EventId;
  readonly label: string;
  /** The trace that its work starts from: the begin event is the latest. */
  readonly trace: Trace;
}

/** The contents of an end event. */
export interface Outcome {
  readonly status: OperationStatus;
  /** A better label than that of the begin event, such as one with the route in place of the path. */
  readonly label?: string | undefined;
  readonly fields?: Fields;
}

/**
 * Logs the begin event of an operation. Its parents are the latest events of this context, or of that of `frame`. The context stays as
 * it is, so that operations that it begins one after another run side by side.
 */
export function beginOperation(
  label: string,
  kind: OperationKind,
  fields?: Fields,
  frame = currentFrame(),
): Operation {
  const before = frame.get(client.traceSlot) ?? traceOfProcess();
  const { trace, id } = addEvent(before);
  const named = shortened(label);
  const known: TextFields = [
    ['operation', id],
    ['phase', 'begin'],
    ['kind', kind],
  ];
  // Of an operation that is not kept, nothing is read.
  if (isKept(before)) {
    const source = COMES_FROM_OUTSIDE[kind] ? undefined : calledFrom(frame);
    client.report(before, id, named, addFields(known, fields), source);
  }
  return { id, label: named, trace };
}

/**
 * Logs the end event of an operation, and makes it the latest event of this context. Its parents are the latest events of
 * this context that came after the begin event: what the operation really waited for.
 */
export function endOperation(operation: Operation, outcome: Outcome): void {
  reportEnd(reserveEvent(operation), outcome);
}

/** An event of an operation whose place in the graph is known, and whose contents are not yet. */
export interface ReservedEvent {
  readonly operation: Operation;
  readonly id: EventId;
  /** The trace that it comes after. */
  readonly before: Trace;
}

/** Makes an event of an operation the latest of this context, before it is known what it will say. */
export function reserveEvent(operation: Operation): ReservedEvent {
  const { event, trace } = eventAfter(operation, getLocal(client.traceSlot));
  setLocal(client.traceSlot, trace);
  return event;
}

/** Makes an event of an operation that comes after a trace. Returns the trace after it, too. */
function eventAfter(
  operation: Operation,
  reached: Trace | undefined,
): { readonly event: ReservedEvent; readonly trace: Trace } {
  const before = joinTraces(operation.trace, reached) ?? operation.trace;
  const { trace, id } = addEvent(before);
  return { event: { operation, id, before }, trace };
}

/** Logs the end event of an operation that comes after a trace. Returns the trace after it. The context stays as it is. */
export function endOperationAfter(
  operation: Operation,
  reached: Trace | undefined,
  outcome: Outcome,
): Trace {
  const { event, trace } = eventAfter(operation, reached);
  reportEnd(event, outcome);
  return trace;
}

/** Reports a reserved event as the end of its operation. */
export function reportEnd(event: ReservedEvent, { label, status, fields }: Outcome): void {
  const { operation } = event;
  const known = label ?? `${operation.label} ${ENDINGS[status]}`;
  const texts: TextFields = [
    ['operation', operation.id],
    ['phase', 'end'],
    ['status', status],
  ];
  if (isKept(event.before)) {
    client.report(event.before, event.id, shortened(known), addFields(texts, fields));
  }
}

/** Reports a reserved event of an operation that goes on. */
export function reportReserved({ operation, id, before }: ReservedEvent, label: string): void {
  client.report(before, id, shortened(label), [['operation', operation.id]]);
}

/** The names of the errors with which an `AbortSignal` ends an operation (DOM, "AbortSignal"). */
const GIVEN_UP: readonly unknown[] = ['AbortError', 'TimeoutError'];

/** Returns the outcome of an operation that has failed, or that the program has given up. */
export function failure(error: unknown): Outcome {
  const { name } = Object(error) as { name?: unknown };
  const status = GIVEN_UP.includes(name) ? 'cancelled' : 'error';
  return { status, fields: failureFields(error) };
}

/** Returns the fields that say what went wrong: type, message, and causes, the nearest first. */
export function failureFields(error: unknown): Fields {
  const { name, code, message } = Object(error) as Record<string, unknown>;
  const causes: string[] = [];
  for (let at = causeOf(error); at !== undefined && causes.length < MAX_CAUSES; at = causeOf(at)) {
    causes.push(textOfCause(at));
  }
  return {
    // Numbers, as those of `DOMException`, say nothing.
    'error.type': String((typeof code === 'string' ? code : name) ?? typeof error),
    'error.message': message === undefined ? String(error) : String(message),
    ...(causes.length > 0 && { 'error.causes': causes.join('\n') }),
  };
}

/** The number of causes of an error that are named. */
const MAX_CAUSES = 8;

function causeOf(error: unknown): unknown {
  return (Object(error) as { cause?: unknown }).cause ?? undefined;
}

function textOfCause(error: unknown): string {
  const { name, message } = Object(error) as Record<string, unknown>;
  return message === undefined ? String(error) : `${String(name ?? 'Error')}: ${String(message)}`;
}
