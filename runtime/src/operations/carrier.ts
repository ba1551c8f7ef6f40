import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import { client } from '../xtrace/log.js';
import { textOf } from './messages.js';
import { continueFromRequest, headersAfter } from './trace-headers.js';

/** A `Headers` object, a `Map`, or gRPC's `Metadata`. */
interface Collection {
  get(name: string): unknown;
  set(name: string, value: string): unknown;
}

/** Headers by lower-case name, also as a plain object, which messages of queues have. */
export type Carrier = Collection | Record<string, unknown>;

/**
 * Writes the task of this context, and its latest event, to the headers of something that is sent: `traceparent` of W3C Trace
 * Context, and `tracestate` if another system has sent one. Returns the carrier.
 *
 * `traceparent` has room for one event. If this context has none yet, or has joined several since its last one, an event `send` is
 * logged.
 *
 * @example
 * channel.write(JSON.stringify({ headers: inject({}), body }));
 */
export function inject<C extends Carrier>(carrier: C): C {
  if (client.currentTrace().latest.length !== 1) client.log('send');
  const trace = client.currentTrace();
  const collection = collectionOf(carrier);
  for (const [name, value] of headersAfter(trace, trace.latest[0]!.id)) {
    if (collection) collection.set(name, value);
    else (carrier as Record<string, unknown>)[name] = value;
  }
  return carrier;
}

/**
 * Calls `fn` in a context that goes on with the task which something that was received carries: its first event comes after the
 * sender's latest one. Begins a task if the carrier has none, or none that can be read. Returns what `fn` returns.
 *
 * @example
 * extract(message.headers, () => handle(message));
 */
export function extract<R>(carrier: Carrier | undefined | null, fn: () => R): R {
  const work = (): R => {
    setLocal(client.traceSlot, undefined);
    continueFromRequest((name) => textOf(readFrom(carrier, name)));
    return fn();
  };
  return runIn(branch(currentFrame()), work, undefined, []);
}

function readFrom(carrier: Carrier | undefined | null, name: string): unknown {
  if (carrier === undefined || carrier === null) return undefined;
  const collection = collectionOf(carrier);
  return collection ? collection.get(name) : (carrier as Record<string, unknown>)[name];
}

function collectionOf(carrier: Carrier): Collection | undefined {
  const { get, set } = carrier as Partial<Collection>;
  return typeof get === 'function' && typeof set === 'function'
    ? (carrier as Collection)
    : undefined;
}
