import { headersOfMany, MANY, message } from '../methods/message-operation.js';
import { calls, handles } from '../methods/replace.js';
import type { Described, Headers, LibraryMethods } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import type { Carried } from '../operations/messages.js';

/** The default exchange of RabbitMQ, which has no name, takes the name of a queue as the routing key. */
function amqpPublish(_: unknown, [exchange, key]: readonly unknown[]): Described {
  return message('rabbitmq', 'send', String(exchange || key), {
    'messaging.rabbitmq.destination.routing_key': key,
  });
}

/** The options of a message are the argument after its content. */
function amqpCarry(args: readonly unknown[], headers: Headers): readonly unknown[] {
  const [exchange, key, content, given, ...more] = args;
  const options = typeof given === 'object' && given !== null ? (given as AmqpOptions) : {};
  // One that the program sets itself stays alone.
  const isSet = options.headers?.['traceparent'] !== undefined;
  const carried = isSet ? options : { ...options, headers: { ...options.headers, ...headers } };
  // A callback may stand in the place of the options.
  return [exchange, key, content, carried, ...(typeof given === 'function' ? [given] : more)];
}

interface AmqpOptions {
  readonly headers?: Readonly<Record<string, unknown>> | null;
}

interface Delivery {
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly redelivered?: boolean;
}

function amqpCarried([fields, delivered]: readonly unknown[]): Carried {
  const { properties } = delivered as { readonly properties: AmqpOptions };
  return {
    headers: properties.headers ?? {},
    isRepeated: (fields as Delivery).redelivered === true,
  };
}

/** Without a message, the server tells that it has ended the consumer. */
function amqpDispatch(_: unknown, [fields, delivered]: readonly unknown[]): Described | undefined {
  if (!delivered) return undefined;
  const { exchange, routingKey } = fields as Delivery;
  return message('rabbitmq', 'process', exchange || String(routingKey), {
    'messaging.rabbitmq.destination.routing_key': routingKey,
  });
}

/** A queue or a worker of BullMQ. */
interface BullNamed {
  readonly name: string;
}

/** The options of a job. Its metadata is a text for tracers, which BullMQ keeps with the job (BullMQ, "Telemetry"). */
interface BullOptions {
  readonly telemetry?: { readonly metadata?: string; readonly omitContext?: boolean };
}

/** A job as it is added: one of many, or of a tree. */
interface BullJob {
  readonly name: string;
  readonly opts?: BullOptions;
  readonly children?: readonly BullJob[];
}

/** A job as a worker gets it. */
interface BullRunning extends BullJob {
  readonly id?: string;
  readonly attemptsMade?: number;
  readonly repeatJobKey?: string;
}

const bullSend = ({ name }: BullNamed, [job]: readonly unknown[]): Described =>
  message('bullmq', 'send', name, { 'messaging.message.name': job });

const bullSendAll = ({ name }: BullNamed, [jobs]: readonly unknown[]): Described =>
  message('bullmq', 'send', name, {
    'messaging.batch.message_count': (jobs as readonly BullJob[]).length,
  });

/** A tree of jobs, each of which may be for another queue. */
function bullFlow(_: unknown, [flow]: readonly unknown[]): Described {
  const { queueName, name } = flow as BullJob & { readonly queueName: string };
  return message('bullmq', 'send', queueName, { 'messaging.message.name': name });
}

function bullProcess({ name }: BullNamed, [job]: readonly unknown[]): Described {
  const { id, name: title } = job as BullRunning;
  return message('bullmq', 'process', name, {
    'messaging.message.name': title,
    'messaging.message.id': id,
  });
}

function withHeaders(options: BullOptions = {}, headers: Headers): BullOptions {
  const { metadata, omitContext } = options.telemetry ?? {};
  // Another tracer's, or none: the program has chosen.
  if (metadata !== undefined || omitContext) return options;
  return { ...options, telemetry: { ...options.telemetry, metadata: JSON.stringify(headers) } };
}

function jobWithHeaders(job: BullJob, headers: Headers): BullJob {
  const children = job.children?.map((child) => jobWithHeaders(child, headers));
  return { ...job, opts: withHeaders(job.opts, headers), ...(children && { children }) };
}

function bullCarry([name, data, options]: readonly unknown[], headers: Headers): unknown[] {
  return [name, data, withHeaders(options as BullOptions, headers)];
}

function bullCarryAll([jobs]: readonly unknown[], headers: Headers): unknown[] {
  const all = jobs as readonly BullJob[];
  const known = headersOfMany(headers, all.length);
  return [all.map((job) => jobWithHeaders(job, known))];
}

function bullCarryFlow([flow, ...more]: readonly unknown[], headers: Headers): unknown[] {
  return [jobWithHeaders(flow as BullJob, headers), ...more];
}

function bullCarried([job]: readonly unknown[]): Carried {
  const { opts, attemptsMade = 0, repeatJobKey } = job as BullRunning;
  const headers = headersIn(opts?.telemetry?.metadata);
  return { headers, isRepeated: attemptsMade > 0 || Boolean(repeatJobKey) || MANY in headers };
}

/** Reads the metadata of a job, which may be of another tracer. */
function headersIn(metadata: string | undefined): Record<string, unknown> {
  return { ...attempt(() => JSON.parse(metadata ?? '{}') as object) };
}

export const queues: LibraryMethods = {
  'amqplib BaseChannel': { dispatchMessage: handles(amqpDispatch, amqpCarried) },
  'amqplib Channel': { publish: calls(amqpPublish, { kind: 'producer', carry: amqpCarry }) },
  'amqplib ConfirmChannel': {
    publish: calls(amqpPublish, { kind: 'producer', takesCallback: true, carry: amqpCarry }),
  },
  'bullmq FlowProducer': { add: calls(bullFlow, { kind: 'producer', carry: bullCarryFlow }) },
  'bullmq Queue': {
    add: calls(bullSend, { kind: 'producer', carry: bullCarry }),
    addBulk: calls(bullSendAll, { kind: 'producer', carry: bullCarryAll }),
  },
  'bullmq Worker': { callProcessJob: handles(bullProcess, bullCarried) },
};
