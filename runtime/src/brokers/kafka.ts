import type { AnyFunction } from '../kernel/index.js';
import { headersOfMany, MANY, message } from '../methods/message-operation.js';
import { assigns, calls, handles, handlesBatch, replaceMethod } from '../methods/replace.js';
import type { Described, Headers, LibraryMethods, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import type { Carried } from '../operations/messages.js';

/** A message as it is sent. */
interface Sent {
  readonly headers?: Readonly<Record<string, unknown>>;
}

export interface TopicMessages {
  readonly topic: string;
  readonly messages: readonly Sent[];
}

export interface BatchRequest {
  readonly topicMessages: readonly TopicMessages[];
}

/** A message as a consumer gets it. The values of headers are bytes. */
interface Received extends Sent {
  readonly offset: string;
}

/** What `eachMessage` gets. */
interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly message: Received;
}

/** What `eachBatch` gets. */
interface BatchDelivery {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly messages: readonly Received[];
  };
}

export const describeSend = (_: unknown, [request]: readonly unknown[]): Described => {
  const { topic, messages } = request as TopicMessages;
  return message('kafka', 'send', topic, {
    'messaging.batch.message_count': messages.length > 1 ? messages.length : undefined,
  });
};

export const describeBatch = (_: unknown, [request]: readonly unknown[]): Described => {
  const { topicMessages } = request as BatchRequest;
  const topics = [...new Set(topicMessages.map(({ topic }) => topic))];
  return message('kafka', 'send', topics.join(' '), {
    'messaging.batch.message_count': countOf(topicMessages),
  });
};

export function countOf(all: readonly TopicMessages[]): number {
  return all.reduce((count, { messages }) => count + messages.length, 0);
}

/** Returns an object with other properties, which stays what it is otherwise. That of a class may have getters, and private fields. */
function withProperties<T extends object>(object: T, own: Readonly<Record<string, unknown>>): T {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return { ...object, ...own };
  // What a proxy shows of a frozen object may not differ from that, so it stands for an empty one.
  return new Proxy(Object.create(prototype as object) as T, {
    get: (_, key) =>
      Object.hasOwn(own, key)
        ? (own as Record<PropertyKey, unknown>)[key]
        : Reflect.get(object, key),
    has: (_, key) => Object.hasOwn(own, key) || Reflect.has(object, key),
    set: (_, key, value) => assigns(object, key, value),
    // The library copies messages.
    ownKeys: () => [...new Set([...Reflect.ownKeys(object), ...Object.keys(own)])],
    getOwnPropertyDescriptor(_, key) {
      const holder = Object.hasOwn(own, key) ? { ...own } : object;
      const property = Reflect.getOwnPropertyDescriptor(holder, key);
      return property && { ...property, configurable: true };
    },
  });
}

/** A message whose program has set the header itself stays as it is. */
function withHeaders<T extends TopicMessages>(topic: T, headers: Headers): T {
  const messages = topic.messages.map((one) =>
    one.headers?.['traceparent'] === undefined
      ? withProperties(one, { headers: { ...headers, ...one.headers } })
      : one,
  );
  return withProperties(topic, { messages });
}

function carry([request]: readonly unknown[], headers: Headers): readonly unknown[] {
  const topic = request as TopicMessages;
  return [withHeaders(topic, headersOfMany(headers, topic.messages.length))];
}

function carryBatch([request]: readonly unknown[], headers: Headers): readonly unknown[] {
  const batch = request as BatchRequest;
  const known = headersOfMany(headers, countOf(batch.topicMessages));
  const topicMessages = batch.topicMessages.map((one) => withHeaders(one, known));
  return [withProperties(batch, { topicMessages })];
}

/** Kafka does not say that a message comes again. */
function carried({ headers = {} }: Received): Carried {
  return { headers, isRepeated: MANY in headers };
}

const processes = handles(
  (_: unknown, [delivery]: readonly unknown[]) => {
    const { topic, partition, message: one } = delivery as Delivery;
    return message('kafka', 'process', topic, {
      'messaging.destination.partition.id': partition,
      'messaging.kafka.offset': one.offset,
    });
  },
  ([delivery]) => carried((delivery as Delivery).message),
);

const processesBatch = handlesBatch(
  (_: unknown, [delivery]: readonly unknown[]) => {
    const { topic, partition, messages } = (delivery as BatchDelivery).batch;
    return message('kafka', 'process', topic, {
      'messaging.destination.partition.id': partition,
      'messaging.batch.message_count': messages.length,
    });
  },
  ([delivery]) => (delivery as BatchDelivery).batch.messages.map(carried),
);

const sends: Readonly<Record<string, Replace>> = {
  send: calls(describeSend, { kind: 'producer', carry }),
  sendBatch: calls(describeBatch, { kind: 'producer', carry: carryBatch }),
};

function replaceSends(sender: unknown): void {
  for (const [name, replace] of Object.entries(sends)) replaceMethod(Object(sender), name, replace);
}

/** Stands for `transaction()`, whose promise is of an object that sends as the producer does. */
const begins: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const result = Reflect.apply(method, this, args) as Promise<unknown>;
    return result.then((transaction) => {
      attempt(() => replaceSends(transaction));
      return transaction;
    });
  };

/** Stands for `producer(options)`. A producer is an object without a class. */
const makesProducer: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const producer: unknown = Reflect.apply(method, this, args);
    attempt(() => {
      replaceSends(producer);
      replaceMethod(Object(producer), 'transaction', begins);
    });
    return producer;
  };

/** The functions of the program that a consumer is run with. */
const HANDLERS: Readonly<Record<string, Replace>> = {
  eachMessage: processes,
  eachBatch: processesBatch,
};

/** Stands for `run(options)` of a consumer. The program's own options stay as they are. `isRead` tells if the library reads a property of them. */
export function runsWith(isRead: (options: object, name: string) => boolean): Replace {
  return (method) =>
    function (this: unknown, ...args: never[]): unknown {
      const [options] = args as readonly unknown[];
      const given = attempt(() => {
        const names = Object.keys(HANDLERS).filter((name) => isRead(Object(options), name));
        return withProperties(options as object, handlersIn(options, names));
      });
      return Reflect.apply(method, this, given ? ([given] as never[]) : args);
    };
}

const runs = runsWith((options, name) => name in options);

function handlersIn(options: unknown, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const written: unknown = Reflect.get(Object(options), name);
      return typeof written === 'function' ? [[name, HANDLERS[name]!(written as AnyFunction)]] : [];
    }),
  );
}

const makesConsumer: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const consumer: unknown = Reflect.apply(method, this, args);
    attempt(() => replaceMethod(Object(consumer), 'run', runs));
    return consumer;
  };

export const kafka: LibraryMethods = {
  'kafkajs Client': { producer: makesProducer, consumer: makesConsumer },
};
