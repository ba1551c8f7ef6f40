import { branch, currentFrame, messageFrames, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { MANY } from '../methods/message-operation.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { comeAfterSenders } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { handedOver } from './kafka-messages.js';

// What consumers of Confluent's client get by callbacks, events and streams.

interface Received {
  readonly topic: string;
  /** Objects with one name each. */
  readonly headers?: readonly Readonly<Record<string, unknown>>[] | null;
}

/** A stream may also hand over values without the rest, and arrays of messages. */
function isMessage(one: object): one is Received {
  return typeof (one as Partial<Received>).topic === 'string';
}

function carriedBy({ headers: list }: Received): Carried {
  const headers = Object.assign({}, ...(list ?? [])) as Record<string, unknown>;
  return { headers, isRepeated: MANY in headers };
}

const { frameOf, emits, iterates } = handedOver((one) =>
  isMessage(one) ? carriedBy(one) : undefined,
);

/** A consumer with callbacks. */
interface Consumer {
  listenerCount(name: string): number;
  readonly _cb_configs?: { readonly event?: { readonly queue_non_empty_cb?: unknown } };
}

/** Returns true for one that stands behind a consumer with the interface of kafkajs. */
function isInner({ _cb_configs }: Consumer): boolean {
  return _cb_configs?.event?.queue_non_empty_cb !== undefined;
}

/** Stands for `consume(callback)`, which is called for each message, and `consume(count, callback)`, which is called once for many. */
const consumes: Replace = (method) =>
  function (this: Consumer, ...args: never[]): unknown {
    const callback: unknown = args.at(-1);
    if (isInner(this) || typeof callback !== 'function') return Reflect.apply(method, this, args);
    const told = (args.length > 1 && args[0] ? tellsOfMany : tellsOfOne)(callback as AnyFunction);
    return Reflect.apply(method, this, [...args.slice(0, -1), told] as never[]);
  } as never;

/** In the task of the sender, as a listener. */
function tellsOfOne(callback: AnyFunction): AnyFunction {
  const registered = currentFrame();
  return function (this: unknown, ...given: never[]): unknown {
    const frame = attempt(() => frameOf(given[1]));
    const listened = frame && (messageFrames.listened?.(registered, frame) ?? frame);
    return runIn(listened ?? branch(registered), callback, this, given);
  };
}

/** In the task of the code that has asked: after the senders of all messages. */
function tellsOfMany(callback: AnyFunction): AnyFunction {
  const asked = currentFrame();
  return function (this: unknown, ...given: never[]): unknown {
    const tell = (): unknown => {
      // An error comes without messages.
      attempt(() => comeAfterSenders((given[1]! as readonly Received[]).map(carriedBy)));
      return Reflect.apply(callback, this, given);
    };
    return runIn(branch(asked), tell, undefined, []);
  };
}

export const consumer = {
  consume: consumes,
  emit: emits(
    (emitter) => !isInner(emitter as Consumer) && (emitter as Consumer).listenerCount('data') > 0,
  ),
};

export const consumerStream = {
  emit: emits(),
  iterator: iterates,
  [Symbol.asyncIterator]: iterates,
};
