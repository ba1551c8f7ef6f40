import { calls, handles } from './replace.js';
import type { Described, LibraryMethods } from './replace.js';

/** Describes a message that is sent or handled (OpenTelemetry, "Messaging spans"). */
function message(
  system: string,
  verb: 'send' | 'process',
  destination: string,
  more?: object,
): Described {
  return {
    label: `${verb} ${destination}`,
    fields: {
      'messaging.system': system,
      'messaging.operation.name': verb,
      'messaging.operation.type': verb,
      'messaging.destination.name': destination,
      ...more,
    },
  };
}

/** The default exchange of RabbitMQ, which has no name, takes the name of a queue as the routing key. */
function amqpPublish(_: unknown, [exchange, key]: readonly unknown[]): Described {
  return message('rabbitmq', 'send', String(exchange || key), {
    'messaging.rabbitmq.destination.routing_key': key,
  });
}

interface Delivery {
  readonly exchange?: string;
  readonly routingKey?: string;
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
interface Named {
  readonly name: string;
}

const bullSend = ({ name }: Named, [job]: readonly unknown[]): Described =>
  message('bullmq', 'send', name, { 'messaging.message.name': job });

const bullSendAll = ({ name }: Named, [jobs]: readonly unknown[]): Described =>
  message('bullmq', 'send', name, {
    'messaging.batch.message_count': (jobs as readonly unknown[]).length,
  });

/** A tree of jobs, each of which may be for another queue. */
function bullFlow(_: unknown, [flow]: readonly unknown[]): Described {
  const { queueName, name } = flow as { queueName: string; name: string };
  return message('bullmq', 'send', queueName, { 'messaging.message.name': name });
}

function bullProcess({ name }: Named, [job]: readonly unknown[]): Described {
  const { id, name: title } = job as { id?: string; name?: string };
  return message('bullmq', 'process', name, {
    'messaging.message.name': title,
    'messaging.message.id': id,
  });
}

export const queues: LibraryMethods = {
  'amqplib BaseChannel': { dispatchMessage: handles(amqpDispatch) },
  'amqplib Channel': { publish: calls(amqpPublish, { kind: 'producer' }) },
  'amqplib ConfirmChannel': {
    publish: calls(amqpPublish, { kind: 'producer', takesCallback: true }),
  },
  'bullmq FlowProducer': { add: calls(bullFlow, { kind: 'producer' }) },
  'bullmq Queue': {
    add: calls(bullSend, { kind: 'producer' }),
    addBulk: calls(bullSendAll, { kind: 'producer' }),
  },
  'bullmq Worker': { callProcessJob: handles(bullProcess) },
};
