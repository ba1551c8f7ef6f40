import { MAX_JOINED } from '../operations/messages.js';
import type { Described, Headers } from './replace.js';

/** Describes a message that is sent or handled (OpenTelemetry, "Messaging spans"). */
export function message(
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

/** The name of the header with which many messages at once say that they are no part of the task. */
export const MANY = 'throughline-many';

/** Returns the headers of messages of which so many are sent at once. */
export function headersOfMany(headers: Headers, count: number): Headers {
  return count > MAX_JOINED ? { ...headers, [MANY]: String(count) } : headers;
}
