import { calls } from './replace.js';
import type { Described, LibraryMethods } from './replace.js';

/** A client of one service of AWS. */
interface AwsClient {
  readonly config?: { readonly serviceId?: string };
}

function awsCommand({ config }: AwsClient, [command]: readonly unknown[]): Described {
  const name = (command as object).constructor.name.replace(/Command$/, '');
  const service = config?.serviceId ?? 'AWS';
  return {
    label: `${service}.${name}`,
    fields: { 'rpc.system.name': 'aws-api', 'rpc.service': service, 'rpc.method': name },
  };
}

export const aws: LibraryMethods = {
  '@smithy/core Client': { send: calls(awsCommand, { takesCallback: true }) },
  '@smithy/smithy-client Client': { send: calls(awsCommand, { takesCallback: true }) },
};
