import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, isEmpty, messageFrames, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { shortened, shortenedFields } from '../operations/bounds.js';
import { inject } from '../operations/carrier.js';
import { MAX_JOINED } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { isSameTask } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { joinTraces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';

// Messages of sockets. Nobody knows when the listeners of one have done their work, so it is one event, without an end.

/** Returns a frame that comes after an event for a message, in the task that `enter` continues or begins. */
export function messageFrame(label: string, fields: Fields, enter: () => void): Frame {
  const open = (): Frame => {
    setLocal(client.traceSlot, undefined);
    enter();
    // The other side has chosen both.
    client.log(shortened(label), { kind: 'consumer', ...shortenedFields(fields) });
    return currentFrame();
  };
  const frame = runIn(branch(currentFrame()), open, undefined, []) as Frame;
  told.add(frame);
  return frame;
}

/** The fields of an event for a message of a WebSocket. */
export const WEBSOCKET_FIELDS = { 'network.protocol.name': 'websocket' };

const told = new WeakSet<Frame>();
/** The frames of messages of streams, by the traces that they have. */
const byTrace = new WeakMap<Trace, Frame>();

/** Notes that listeners in a frame are told of a message that has come on a stream. */
export function tellsOfMessage(frame: Frame): void {
  told.add(frame);
  byTrace.set(frame.get(client.traceSlot)!, frame);
}

/** Returns the frame of the message of a stream that the current code has got, maybe some time ago. */
export function currentMessage(): Frame | undefined {
  const trace = currentFrame().get(client.traceSlot);
  return trace && byTrace.get(trace);
}

messageFrames.listened = (registered, trigger) => {
  if (!told.has(trigger) || isEmpty(registered)) return undefined;
  const trace = trigger.get(client.traceSlot)!;
  const before = registered.get(client.traceSlot);
  // In its own task, a listener also comes after the code that has added it.
  const isOwn = before !== undefined && isSameTask(before.taskId, trace.taskId);
  return branch(registered).with(client.traceSlot, isOwn ? joinTraces(trace, before) : trace);
};

/** The last event that has sent something, and how often. */
let latest = { event: '', count: 0 };

/** Returns where a message comes from that is sent now, as a text of at most 60 characters. */
export function senderText(): string {
  const { traceparent = '' } = inject<{ traceparent?: string }>({});
  const [, , event = ''] = traceparent.split('-');
  latest = { event, count: event === latest.event ? latest.count + 1 : 1 };
  return latest.count > MAX_JOINED ? `many ${traceparent}` : traceparent;
}

/** Reads such a text, which may be anything; undefined for what is none. */
export function readSender(text: unknown): Carried | undefined {
  const [, many, traceparent] = (typeof text === 'string' && SENDER.exec(text)) || [];
  if (traceparent === undefined) return undefined;
  return { headers: { traceparent }, isRepeated: many !== undefined };
}

const SENDER = /^(many )?(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})$/;
