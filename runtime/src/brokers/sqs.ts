import { isPromise } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';
import { message } from '../methods/message-operation.js';
import { handles, handlesBatch } from '../methods/replace.js';
import type { Described, Headers, LibraryMethods, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { comeAfterSenders } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { orElse, whenSettled } from '../operations/settled.js';

// Messages of Amazon SQS. The task is in attributes of a message, which come only to who asks for them by name.

interface Attribute {
  readonly DataType?: string;
  readonly StringValue?: string;
}

type Attributes = Readonly<Record<string, Attribute>>;

/** A message as it is sent. */
interface Sent {
  /** Within a batch. */
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly MessageAttributes?: Attributes;
}

/** A message as it comes. */
interface Received {
  MessageAttributes?: Record<string, Attribute>;
  Attributes?: Record<string, string>;
}

interface Input extends Sent {
  readonly QueueUrl?: string;
  readonly Entries?: readonly Sent[];
  readonly MessageAttributeNames?: readonly string[];
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
}

/** A command of the client. The program may send it again. */
interface Command {
  readonly input: Input;
}

/** What SQS allows a message to have. */
const MOST_ATTRIBUTES = 10;
/** What carries a task, the most important one first. */
const CARRIED = ['traceparent', 'tracestate', 'baggage'] as const;
/** How often a message has come. */
const COUNT = 'ApproximateReceiveCount';

function queueOf(url: string | undefined): string {
  return url?.split('/').at(-1) ?? '';
}

/** Describes the command that sends. */
export function describeSend(_: unknown, [command]: readonly unknown[]): Described {
  const { QueueUrl, Entries } = (command as Command).input;
  return message('aws_sqs', 'send', queueOf(QueueUrl), {
    'messaging.batch.message_count': Entries?.length,
  });
}

/** Returns the arguments of `send` with a command whose messages carry headers. */
export function carrySent(
  [command, ...more]: readonly unknown[],
  headers: Headers,
): readonly unknown[] {
  const { input } = command as Command;
  const Entries = input.Entries?.map((entry) => withHeaders(entry, headers));
  const carried = Entries ? { ...input, Entries } : withHeaders(input, headers);
  const given = withInput(command as Command, carried);
  written.set(given, command as Command);
  return [given, ...more];
}

/** The commands of the program, by those that are sent in their places. */
const written = new WeakMap<object, Command>();

/** What SQS says of messages that are too long: those without our attributes may not be. */
const TOO_LONG = /InvalidParameterValue|BatchRequestTooLong|InvalidMessageContents/;

/** Stands for `send` of a command that sends. One that is refused for its length is sent again as the program has written it. */
export const resends: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [command, ...more] = args as readonly unknown[];
    const own = written.get(Object(command) as object);
    if (own === undefined) return Reflect.apply(method, this, args);
    let isAgain = false;
    const isRefused = (error: unknown): boolean =>
      TOO_LONG.test(String((Object(error) as { name?: unknown }).name));
    const again = (): unknown => {
      isAgain = true;
      return Reflect.apply(method, this, [own, ...more] as never[]);
    };
    const take = (answer: unknown): void =>
      void attempt(() => isAgain || withoutDigests(answer, own, command as Command));
    if (typeof more.at(-1) === 'function') {
      const callback = more.at(-1) as AnyMethod;
      function answered(this: unknown, ...given: unknown[]): unknown {
        if (isRefused(given[0])) return again();
        take(given[1]);
        return Reflect.apply(callback, this, given);
      }
      return Reflect.apply(method, this, [command, ...more.slice(0, -1), answered] as never[]);
    }
    const result = Reflect.apply(method, this, args);
    return isPromise(result)
      ? whenSettled(orElse(result, isRefused, again), take, () => {})
      : result;
  };

/** Takes the digests of attributes out of an answer, which are not of those that the program has sent. */
function withoutDigests(answer: unknown, own: Command, sent: Command): void {
  const { Successful } = answer as { readonly Successful?: readonly { readonly Id?: string }[] };
  for (const one of Successful ?? [answer as { readonly Id?: string }]) {
    if (entryOf(own, one.Id).MessageAttributes !== entryOf(sent, one.Id).MessageAttributes) {
      Reflect.deleteProperty(one, DIGEST);
    }
  }
}

function entryOf({ input }: Command, id: string | undefined): Sent {
  return input.Entries?.find(({ Id }) => Id === id) ?? input;
}

const DIGEST = 'MD5OfMessageAttributes';

/** A message whose program has set the attribute itself stays as it is, and so does one that has no room. */
function withHeaders<T extends Sent>(sent: T, headers: Headers): T {
  const own = sent.MessageAttributes ?? {};
  if ('traceparent' in own) return sent;
  if (Object.keys(own).length >= MOST_ATTRIBUTES) return sent;
  const MessageAttributes: Record<string, Attribute> = { ...own };
  for (const name of CARRIED) {
    const { [name]: value } = headers;
    const hasRoom = Object.keys(MessageAttributes).length < MOST_ATTRIBUTES;
    if (value && hasRoom && !(name in own)) {
      MessageAttributes[name] = { DataType: 'String', StringValue: value };
    }
  }
  return { ...sent, MessageAttributes };
}

/** Returns a command with another input. It has the middleware of the first one. */
function withInput(command: Command, input: Input): Command {
  const own = Object.getOwnPropertyDescriptors(command);
  const value = { ...own.input, value: input };
  return Object.create(Object.getPrototypeOf(command) as object, {
    ...own,
    input: value,
  }) as Command;
}

/** What came with messages that the program has got. */
const received = new WeakMap<object, Carried>();

/**
 * Stands for `send` of a command that receives: asks for what carries the task, and takes out of the answer what the program has not asked for.
 * Who waits for it comes after those who have sent the messages.
 */
export const receives: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [command, ...more] = args as readonly unknown[];
    const { input } = command as Command;
    const asking = attempt(() => withInput(command as Command, asked(input)));
    if (asking === undefined) return Reflect.apply(method, this, args);
    const take = (answer: unknown): void => void attempt(() => takeCarried(answer, input));
    if (typeof more.at(-1) === 'function') {
      const callback = more.at(-1) as AnyMethod;
      function taking(this: unknown, ...given: unknown[]): unknown {
        take(given[1]);
        return Reflect.apply(callback, this, given);
      }
      return Reflect.apply(method, this, [asking, ...more.slice(0, -1), taking] as never[]);
    }
    const result = Reflect.apply(method, this, [asking, ...more] as never[]);
    return isPromise(result) ? whenSettled(result, take, () => {}) : result;
  };

/** Returns what a program asks for, and what we do. */
function asked(input: Input): Input {
  const { MessageAttributeNames = [] } = input;
  // Whoever uses the newer name is asked by that.
  const system = input.MessageSystemAttributeNames
    ? 'MessageSystemAttributeNames'
    : 'AttributeNames';
  return {
    ...input,
    MessageAttributeNames: [...new Set([...MessageAttributeNames, ...CARRIED])],
    [system]: [...new Set([...(input[system] ?? []), COUNT])],
  };
}

function takeCarried(answer: unknown, input: Input): void {
  const { Messages = [] } = answer as { readonly Messages?: readonly Received[] };
  const names = input.MessageAttributeNames ?? [];
  const system = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const all = Messages.map((one) => {
    const { MessageAttributes = {}, Attributes = {} } = one;
    const headers = Object.fromEntries(
      CARRIED.map((name) => [name, MessageAttributes[name]?.StringValue]),
    );
    const carried = { headers, isRepeated: Number(Attributes[COUNT]) > 1 };
    received.set(one, carried);
    if (!isAsked(system, COUNT)) takeOut(one, 'Attributes', [COUNT]);
    const own = CARRIED.filter((name) => !isAsked(names, name));
    takeOut(one, 'MessageAttributes', own);
    return carried;
  });
  comeAfterSenders(all);
}

/** Returns true if names, of which one may be for all that begin alike, name an attribute. */
function isAsked(names: readonly string[], name: string): boolean {
  return names.some((one) =>
    one === 'All' ? true : one.endsWith('.*') ? name.startsWith(one.slice(0, -2)) : one === name,
  );
}

function takeOut(
  from: Received,
  property: 'Attributes' | 'MessageAttributes',
  names: readonly string[],
): void {
  const { [property]: values } = from;
  if (values === undefined || !names.some((name) => name in values)) return;
  for (const name of names) Reflect.deleteProperty(values, name);
  if (property === 'MessageAttributes') Reflect.deleteProperty(from, DIGEST);
  if (Object.keys(values).length === 0) Reflect.deleteProperty(from, property);
}

/** The consumer of the package `sqs-consumer`. */
interface Consumer {
  readonly queueUrl?: string;
}

const NOTHING: Carried = { headers: {}, isRepeated: false };

function carriedBy(one: unknown): Carried {
  return received.get(Object(one) as object) ?? NOTHING;
}

const processOne = ({ queueUrl }: Consumer, [one]: readonly unknown[]): Described =>
  message('aws_sqs', 'process', queueOf(queueUrl), {
    'messaging.message.id': (one as { readonly MessageId?: string }).MessageId,
  });

const processMany = ({ queueUrl }: Consumer, [all]: readonly unknown[]): Described =>
  message('aws_sqs', 'process', queueOf(queueUrl), {
    'messaging.batch.message_count': (all as readonly unknown[]).length,
  });

export const sqsConsumer: LibraryMethods = {
  'sqs-consumer Consumer': {
    executeHandler: handles(processOne, ([one]) => carriedBy(one)),
    executeBatchHandler: handlesBatch(processMany, ([all]) =>
      (all as readonly unknown[]).map(carriedBy),
    ),
  },
};
