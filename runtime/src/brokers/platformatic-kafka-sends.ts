import { getLocal, register, setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { headersOfMany, message } from '../methods/message-operation.js';
import { assigns, calls } from '../methods/replace.js';
import type { Described, Headers, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { comeAfter } from '../operations/come-after.js';
import { isSameTask } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import type { Trace } from '../xtrace/trace.js';

// What a producer of `@platformatic/kafka` sends. Headers of the program pass through serializers of the program, which know nothing of ours:
// ours are added to messages that are serialized already, right before they go to the broker.

/** What `send` gets. The library writes to it. */
interface SendOptions {
  readonly messages: readonly { readonly topic: string }[];
}

/** A message that is serialized. */
interface Serialized {
  readonly headers: Map<unknown, unknown>;
}

/** The headers of the messages that the library is sending. */
const carried = register<Headers | undefined>(undefined, { join: (mine) => mine });

/** Returns messages that can be read again: reading others may be work of the program, such as that of a generator. */
function messagesOf(options: unknown): SendOptions['messages'] | undefined {
  const own: unknown = Object.getOwnPropertyDescriptor(Object(options), 'messages')?.value;
  return Array.isArray(own) ? (own as SendOptions['messages']) : undefined;
}

function describe(_: unknown, [options]: readonly unknown[]): Described | undefined {
  const messages = messagesOf(options);
  if (messages === undefined) return undefined;
  const topics = new Set(messages.map(({ topic }) => topic));
  return message('kafka', 'send', [...topics].join(' '), {
    'messaging.batch.message_count': messages.length > 1 ? messages.length : undefined,
  });
}

/**
 * Returns the arguments with options that stay the program's own. Who reads the messages in them works for this call from then on: hooks of the
 * program may have let it wait for another one.
 */
function carry([given, ...more]: readonly unknown[], headers: Headers): readonly unknown[] {
  const options = given as SendOptions;
  const known = headersOfMany(headers, options.messages.length);
  const watched = new Proxy(options, {
    get: (target, key): unknown => {
      if (key === 'messages') setLocal(carried, known);
      return Reflect.get(target, key);
    },
    // As the library would, with the error of an object that cannot be written to.
    set: assigns,
  });
  return [watched, ...more];
}

/** Stands for a method that calls its last argument later, maybe in the context of another call that waits for the same. */
const callsBack: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const callback: unknown = args.at(-1);
    if (typeof callback !== 'function') return Reflect.apply(method, this, args);
    const given = [...args.slice(0, -1), inContext(callback as AnyFunction)];
    return Reflect.apply(method, this, given as never[]);
  };

/** Returns a function that runs in the current context. The library keeps the promise of a call at its callback. */
function inContext(callback: AnyFunction): AnyFunction {
  const frame = currentFrame();
  const bound = function (this: unknown, ...given: never[]): unknown {
    return runIn(frame, callback, this, given);
  };
  return Object.assign(bound, callback) as AnyFunction;
}

/** Stands for the method by which the library gets the function that makes requests of a kind: `(name, callback)`. */
const getsApi: Replace = (method) => {
  const gets = callsBack(method);
  return function (this: unknown, ...args: never[]): unknown {
    const [name, callback] = args as readonly unknown[];
    if (name !== 'Produce') return Reflect.apply(gets, this as never, args);
    const got = function (this: unknown, failed: unknown, api: AnyFunction): unknown {
      return Reflect.apply(callback as AnyFunction, this, [
        failed,
        api && produces(api),
      ] as never[]);
    };
    return Reflect.apply(gets, this as never, [name, got] as never[]);
  };
};

/** Stands for the function that sends messages to a broker. */
function produces(api: AnyFunction): AnyFunction {
  const send = callsBack(api);
  return function (this: unknown, ...args: never[]): unknown {
    attempt(() => addToAll(args, getLocal(carried)));
    return Reflect.apply(send, this as never, args);
  } as AnyFunction;
}

function addToAll(args: readonly unknown[], headers: Headers | undefined): void {
  const messages: unknown = args.find((one) => Array.isArray(one));
  if (headers) for (const one of messages as readonly Serialized[]) addHeaders(one, headers);
}

/** A message whose program has set the header itself stays as it is. */
function addHeaders({ headers: own }: Serialized, headers: Headers): void {
  const names = new Set([...own.keys()].map(String));
  if (names.has('traceparent')) return;
  for (const [name, value] of Object.entries(headers)) {
    if (!names.has(name)) own.set(Buffer.from(name), Buffer.from(value));
  }
}

/** How many times one message may wait to be sent. A program may write one for ever to a stream that is stuck. */
const MOST_WAITING = 1024;

/** The traces of the code that has written what waits in streams, by the message. */
const written = new WeakMap<object, Trace[]>();

/** Stands for `write(message, …)` and `end(message, …)` of a stream. */
const writes: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [one] = args as readonly unknown[];
    if (typeof one === 'object' && one !== null) {
      // A message may be written many times.
      const waiting = written.get(one) ?? [];
      if (waiting.push(client.currentTrace()) > MOST_WAITING) waiting.shift();
      written.set(one, waiting);
    }
    return Reflect.apply(method, this, args);
  };

/** Stands for `send` of a producer. What a stream sends at once comes after all who have written it. */
const sends: Replace = (method) => {
  const send = calls(describe, { kind: 'producer', takesCallback: true, carry });
  const own = send(method);
  return function (this: unknown, ...args: never[]): unknown {
    const [options] = args as readonly unknown[];
    const writers = attempt(() => writersOf(options as SendOptions)) ?? [];
    if (writers.length === 0) return Reflect.apply(own, this as never, args);
    const sendThem = (): unknown => {
      comeAfterWriters(writers);
      return Reflect.apply(own, this as never, args);
    };
    return runIn(branch(currentFrame()), sendThem, undefined, []);
  };
};

function writersOf(options: SendOptions): readonly Trace[] {
  return (messagesOf(options) ?? []).flatMap((one) => written.get(one)?.shift() ?? []);
}

/** Goes on with the task of messages; with one of its own, which has links, if they are of several. */
function comeAfterWriters([first, ...others]: readonly Trace[]): void {
  const { taskId } = first!;
  if (others.every((one) => isSameTask(one.taskId, taskId))) setLocal(client.traceSlot, first);
  else {
    client.startTask();
    comeAfter(first);
  }
  for (const one of others) comeAfter(one);
}

export const producer = {
  send: sends,
  initIdempotentProducer: callsBack,
  'plt.kafka.base.getApi': getsApi,
  'plt.kafka.base.getConnection': callsBack,
  'plt.kafka.base.metadata': callsBack,
  'plt.kafka.producer.transactions.addPartitions': callsBack,
};

export const producerStream = { write: writes, end: writes };
