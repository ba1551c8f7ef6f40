import { shared } from '../kernel/index.js';
import { setLocal } from '../faces/slots.js';
import { isSameTask } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { NONE, Position } from '../xtrace/position.js';
import { MAX_LATEST } from '../xtrace/trace.js';
import type { Sender } from './b3.js';
import { comeAfter } from './come-after.js';
import { continueFromRequest, senderIn } from './trace-headers.js';

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

/** What came with a message that says nothing. */
const NOTHING: Carried = { headers: {}, isRepeated: false };

/** The number of messages in one call from which on they do not join the task of their sender. */
export const MAX_JOINED = 64;

/**
 * Continues the task that a message carries in the current context, or begins one, which may have a link to that. Begins one for a message
 * that says nothing.
 */
export function continueFromMessage({ headers, isRepeated }: Carried = NOTHING): void {
  const { policy = isRepeated ? 'link' : 'join' } = messages;
  if (policy === 'join') {
    continueFromRequest((name) => textOf(headers[name]));
    return;
  }
  client.startTask();
  const sender = senderIn((name) => textOf(headers[name]));
  if (policy === 'link' && sender) noteSenders([sender]);
}

/**
 * Continues the task of messages that are handled together: after the senders of all of them. Messages of several tasks, and those of which
 * one comes again, are handled in a task of their own, which has a link to each sender.
 */
export function continueFromBatch(batch: readonly Carried[]): void {
  const [first, ...others] = batch;
  if (first === undefined || others.length === 0) return continueFromMessage(first);
  const senders = sendersOf(batch);
  const isOneTask = senders.every(({ taskId }) => isSameTask(taskId, senders[0]!.taskId));
  const isJoined = isOneTask && !batch.some(({ isRepeated }) => isRepeated);
  const { policy = isJoined ? 'join' : 'link' } = messages;
  if (policy === 'join' && isOneTask) {
    // Whatever else came goes on from the first that has a sender.
    const { headers } = batch.find((one) => senderOf(one)) ?? first;
    continueFromRequest((name) => textOf(headers[name]));
    for (const sender of senders.slice(1)) comeAfterSender(sender);
    return;
  }
  client.startTask();
  if (policy !== 'new') noteSenders(senders.slice(-MAX_LATEST));
}

function senderOf({ headers }: Carried): Sender | undefined {
  return senderIn((name) => textOf(headers[name]));
}

/** Returns the senders of messages, each once: one call may have sent many. */
function sendersOf(batch: readonly Carried[]): Sender[] {
  const byEvent = new Map<string, Sender>();
  for (const one of batch) {
    const sender = senderOf(one);
    if (sender) byEvent.set(`${sender.taskId}/${sender.eventId}`, sender);
  }
  return [...byEvent.values()];
}

/** Makes the current context come after those who have sent messages: in its own task by edges, and by links in others. */
export function comeAfterSenders(batch: readonly Carried[]): void {
  if (messages.policy === 'new') return;
  for (const sender of sendersOf(batch)) comeAfterSender(sender);
}

function comeAfterSender({ taskId, eventId }: Sender): void {
  comeAfter({ taskId, latest: [Position.elsewhere(eventId, NONE)], notes: NONE });
}

/** Has the next event of the current context name the events of other tasks that it comes after. */
function noteSenders(senders: readonly Sender[]): void {
  const notes = senders.map(({ taskId, eventId }) => `link ${taskId}/${eventId}`);
  setLocal(client.traceSlot, { ...client.currentTrace(), notes });
}

/** Brokers give texts as bytes. */
export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
