import { getLocal, register, setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { headersOfMany, message } from '../methods/message-operation.js';
import { calls } from '../methods/replace.js';
import type { Described, Headers, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { inject } from '../operations/carrier.js';
import { sentFromStream } from './confluent-kafka-streams.js';
import { countOf, describeBatch, describeSend } from './kafka.js';
import type { BatchRequest, TopicMessages } from './kafka.js';

// What producers of Confluent's client send. All of it goes through `produce`, which gets our headers as well: `send` and `sendBatch` write to the
// messages of the program, so those must be its own.

/** The headers of one message: objects with a name each. */
type HeaderList = readonly Readonly<Record<string, unknown>>[];

/** What a producer with the interface of kafkajs is sending. It calls `produce` of the one below at once. */
interface Sending {
  readonly producer: unknown;
  readonly headers: Headers;
}

const sending = register<Sending | undefined>(undefined, { join: (mine) => mine });

/** Stands for `send` and `sendBatch`. `count` returns the number of messages. */
function sends(
  describe: (self: unknown, args: readonly unknown[]) => Described,
  count: (request: never) => number,
): Replace {
  const within: Replace = (method) =>
    function (this: unknown, ...args: never[]): unknown {
      const send = (): unknown => {
        // A batch is sent by `send`.
        if (getLocal(sending)?.producer !== this) {
          const headers = attempt(() => headersOfMany(inject<Headers>({}), count(args[0]!)));
          setLocal(sending, headers && { producer: this, headers });
        }
        return Reflect.apply(method, this, args);
      };
      return runIn(branch(currentFrame()), send, undefined, []);
    };
  const called = calls(describe, { kind: 'producer' });
  return (method) => called(within(method) as AnyFunction);
}

/** Where the headers are in the arguments of `produce(topic, partition, value, key, timestamp, opaque, headers)`. */
const AT = 6;
const VALUE_AT = 2;
/** Where they are, with a callback after them, in those of `HighLevelProducer`, which has no argument `opaque`. */
const HIGH_LEVEL_AT = 5;

/** Lists of headers that have ours: their messages are operations already. */
const known = new WeakSet<object>();

/** Returns headers with ours. A message whose program has set the header itself stays as it is. */
function withHeaders(own: unknown, headers: Headers): HeaderList {
  const list = Array.isArray(own) ? (own as HeaderList) : [];
  const names = new Set(list.flatMap((one) => Object.keys(one)));
  const ours = Object.entries(headers).filter(([name]) => !names.has(name));
  // The client throws for a header that is wrong, and forgets it where a right one follows.
  const all = [...ours.map(([name, value]) => ({ [name]: value })), ...list];
  const carried = names.has('traceparent') ? [...list] : all;
  known.add(carried);
  return carried;
}

function carry(args: readonly unknown[], headers: Headers): readonly unknown[] {
  const [topic, partition, value, key, timestamp, opaque, own, ...more] = args;
  return [topic, partition, value, key, timestamp, opaque, withHeaders(own, headers), ...more];
}

function describe(_: unknown, args: readonly unknown[]): Described | undefined {
  const isKnown = known.has(Object(args[AT]) as object);
  return isKnown ? undefined : message('kafka', 'send', String(args[0]));
}

/** Stands for `produce`, which ends when the message is queued. */
const produces: Replace = (method) => {
  const own = calls(describe, { kind: 'producer', carry })(method);
  return function (this: unknown, ...args: never[]): unknown {
    const headers = getLocal(sending)?.headers;
    if (headers !== undefined) return Reflect.apply(method, this, carry(args, headers) as never[]);
    return sentFromStream(args[VALUE_AT], () => Reflect.apply(own, this as never, args));
  };
};

/** The callback is the last argument, and headers may be left out. */
function carryHighLevel(args: readonly unknown[], headers: Headers): readonly unknown[] {
  if (args.length <= HIGH_LEVEL_AT) return args;
  const hasOwn = args.length > HIGH_LEVEL_AT + 1;
  const own = hasOwn ? args[HIGH_LEVEL_AT] : undefined;
  const more = args.slice(hasOwn ? HIGH_LEVEL_AT + 1 : HIGH_LEVEL_AT);
  return [...args.slice(0, HIGH_LEVEL_AT), withHeaders(own, headers), ...more];
}

export const producer = {
  send: sends(describeSend, ({ messages }: TopicMessages) => messages.length),
  sendBatch: sends(describeBatch, ({ topicMessages }: BatchRequest) => countOf(topicMessages)),
  produce: produces,
};

/** Its objects have this method in the place of `produce`. It ends when the message is delivered. */
export const highLevelProducer = {
  _modifiedProduce: calls(describe, {
    kind: 'producer',
    takesCallback: true,
    carry: carryHighLevel,
  }),
};
