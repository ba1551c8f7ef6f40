import type { AnyFunction } from '../kernel/index.js';
import { MANY } from '../methods/message-operation.js';
import { assigns } from '../methods/replace.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import type { Carried } from '../operations/messages.js';
import { parseTraceParent } from '../operations/trace-context.js';
import { handedOver } from './kafka-messages.js';

// What a consumer of `@platformatic/kafka` gets: a stream of messages.

/** A message before the program's deserializers have seen it. */
interface Raw {
  readonly headers: readonly (readonly [name: Buffer | null, value: Buffer | null])[];
}

/** What came with messages. */
const received = new WeakMap<object, Carried>();

/** The library tells of each message before its stream has it. */
export const kafkaChannels = {
  'tracing:plt:kafka:consumer:receives:asyncStart': ({ raw, result }: Receiving) => {
    const headers = headersOf(raw);
    received.set(result, { headers, isRepeated: MANY in headers });
  },
};

interface Receiving {
  readonly raw: Raw;
  readonly result: object;
}

function headersOf({ headers }: Raw): Readonly<Record<string, unknown>> {
  return Object.fromEntries(headers.map(([name, value]) => [String(name), value]));
}

const { emits, iterates } = handedOver((one) => received.get(one));

export const messagesStream = {
  emit: emits(),
  iterator: iterates,
  [Symbol.asyncIterator]: iterates,
};

/** The functions of the program that read headers. */
const DESERIALIZERS = ['headerKey', 'headerValue'] as const;

/** Stands for `consume(options, …)`. Deserializers of the program may know nothing of our headers, and fail. */
const consumes: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [options, ...more] = args as readonly unknown[];
    if (typeof options !== 'object' || options === null) return Reflect.apply(method, this, args);
    return Reflect.apply(method, this, [guarded(options), ...more] as never[]);
  };

export const consumer = { consume: consumes };

/** What a stream reads in options, as it gets it. */
const GUARDS: Readonly<Record<PropertyKey, (value: never) => unknown>> = {
  deserializers: guardDeserializers,
  beforeDeserialization: guardHook,
  registry: guardRegistry,
};

/** Returns options that stay the program's own. The library first writes all deserializers to them, and then makes a stream. */
function guarded(options: object): object {
  let isComplete = false;
  return new Proxy(options, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      const isGuarded = isComplete && Object.hasOwn(GUARDS, key) && !isFixed(target, key);
      const guard = isGuarded ? GUARDS[key] : undefined;
      return value && guard ? (attempt(() => guard(value as never)) ?? value) : value;
    },
    set: (target, key, value) => {
      isComplete ||= key === 'deserializers';
      return assigns(target, key, value);
    },
  });
}

type Deserializers = Readonly<Record<string, AnyFunction | undefined>>;

/** They may be of a class. */
function guardDeserializers(own: Deserializers): Deserializers {
  const guarded = (name: string): AnyFunction | undefined => {
    const { [name]: deserialize } = own;
    return deserialize && guardDeserializer(deserialize);
  };
  const { key, value } = own;
  return { key, value, headerKey: guarded('headerKey'), headerValue: guarded('headerValue') };
}

interface Registry {
  getBeforeDeserializationHook(): AnyFunction;
}

/** A stream asks a registry for nothing else. */
function guardRegistry(registry: Registry): Registry {
  return { getBeforeDeserializationHook: () => guardHook(registry.getBeforeDeserializationHook()) };
}

/** Returns true for a property that a proxy has to return as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const own = Object.getOwnPropertyDescriptor(target, key);
  return own?.configurable === false && own.writable === false;
}

/** Has a header of ours be a text if the program cannot read it. */
function guardDeserializer(deserialize: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: never[]): unknown {
    const [data, raw] = args as unknown as [unknown, Raw];
    const isKnown = attempt(() => isCarried(data, raw)) ?? false;
    try {
      return Reflect.apply(deserialize, this, args);
    } catch (error) {
      if (isKnown) return String(data);
      throw error;
    }
  };
}

/** The hook gets each part of a message before it is deserialized, and calls back. */
function guardHook(hook: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: never[]): unknown {
    const [data, type, raw, callback] = args as unknown as [unknown, string, Raw, AnyFunction];
    const isHeader = DESERIALIZERS.some((name) => name === type);
    if (!isHeader || !attempt(() => isCarried(data, raw))) return Reflect.apply(hook, this, args);
    return Reflect.apply(callback, undefined, [null] as never[]);
  };
}

const CARRIED: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage', MANY]);

/** Returns true for the bytes of a header that carries a task. */
function isCarried(data: unknown, raw: Raw): boolean {
  const found = raw.headers.find((pair) => (pair as readonly unknown[]).includes(data));
  if (found === undefined || !CARRIED.has(String(found[0]))) return false;
  const { traceparent } = headersOf(raw);
  return parseTraceParent(String(traceparent)) !== undefined;
}
