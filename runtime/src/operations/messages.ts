import { shared } from '../kernel/index.js';
import { setLocal } from '../faces/slots.js';
import { client } from '../xtrace/log.js';
import { parseTraceParent } from './trace-context.js';
import { continueFromRequest } from './trace-headers.js';

/** How a message that is handled belongs to the one who has sent it: it goes on with the task, or with one of its own. */
export type MessagePolicy = 'join' | 'link' | 'new';

/** What came with a message. */
export interface Carried {
  /** Headers by name, such as `traceparent`. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** True for a message that comes again, or one of very many. */
  readonly isRepeated: boolean;
}

/** What the program has chosen for all messages. */
export const messages = shared('messages', { policy: undefined as MessagePolicy | undefined });

/** The number of messages in one call from which on they do not join the task of their sender. */
export const MAX_JOINED = 64;

/** Continues the task that a message carries in the current context, or begins one, which may have a link to that. */
export function continueFromMessage({ headers, isRepeated }: Carried): void {
  const { policy = isRepeated ? 'link' : 'join' } = messages;
  const header = (name: string): string | undefined => textOf(headers[name]);
  if (policy === 'join') {
    continueFromRequest(header);
    return;
  }
  client.startTask();
  const sender = policy === 'link' ? parseTraceParent(header('traceparent')) : undefined;
  if (sender === undefined) return;
  const notes = [`link ${sender.taskId}/${sender.eventId}`];
  setLocal(client.traceSlot, { ...client.currentTrace(), notes });
}

/** Brokers give texts as bytes. */
export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
