import { carrySent, describeSend, receives, resends, sqsConsumer } from '../brokers/sqs.js';
import { calls } from '../methods/replace.js';
import type { Described, LibraryMethods, Replace } from '../methods/replace.js';

/** A client of one service of AWS. */
interface AwsClient {
  readonly config?: { readonly serviceId?: string };
}

function serviceOf({ config }: AwsClient): string {
  return config?.serviceId ?? 'AWS';
}

function nameOf(command: unknown): string {
  return String((Object(command) as object).constructor?.name).replace(/Command$/, '');
}

function awsCommand(client: AwsClient, [command]: readonly unknown[]): Described {
  const [service, name] = [serviceOf(client), nameOf(command)];
  return {
    label: `${service}.${name}`,
    fields: { 'rpc.system.name': 'aws-api', 'rpc.service': service, 'rpc.method': name },
  };
}

const isCommand = calls(awsCommand, { takesCallback: true });
const isSent = calls(describeSend, { kind: 'producer', takesCallback: true, carry: carrySent });
const sends: Replace = (method) => isSent(resends(method) as never) as never;

/** Commands that are more than a call, by service and name. */
const COMMANDS: Readonly<Record<string, Replace>> = {
  'SQS.SendMessage': sends,
  'SQS.SendMessageBatch': sends,
  'SQS.ReceiveMessage': (method) => isCommand(receives(method) as never),
};

/** Stands for `send(command, …)` of a client. */
const sendsCommand: Replace = (method) => {
  const usual = isCommand(method);
  const byName = new Map(Object.entries(COMMANDS).map(([name, way]) => [name, way(method)]));
  return function (this: AwsClient, ...args: never[]): unknown {
    const way = byName.get(`${serviceOf(this)}.${nameOf(args[0])}`) ?? usual;
    return Reflect.apply(way, this, args);
  };
};

export const aws: LibraryMethods = {
  '@smithy/core Client': { send: sendsCommand },
  '@smithy/smithy-client Client': { send: sendsCommand },
  ...sqsConsumer,
};
