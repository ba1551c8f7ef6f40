import { channel } from 'node:diagnostics_channel';
import { bindFrame, branch, currentFrame } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { continueFollowed, endFollowedIn, noteBegun } from '../operations/followed.js';
import { beginOperation, failure } from '../operations/operation-events.js';
import type { Operation, OperationKind, Outcome } from '../operations/operation-events.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { listenTo } from './subscribe.js';

/** The message of a tracing channel: one object a call (Node, "TracingChannel Channels"), with what the library adds. */
export interface Message {
  readonly result?: unknown;
  readonly error?: unknown;
  readonly [key: string]: unknown;
}

/** How the calls of a tracing channel become operations. */
export interface TracedCall {
  readonly kind: OperationKind;
  /** Returns the label of a call. */
  label(message: Message): string;
  fields?(message: Message): Fields;
}

/** An operation that has begun, and the frame that its work starts from. */
interface Running {
  readonly begun: Operation;
  readonly frame: Frame;
}

/** Makes each call of a `TracingChannel` an operation. What the call does starts from its begin event. */
export function watchTracingChannel(name: string, call: TracedCall): void {
  const running = new WeakMap<Message, Running>();
  const finish = (message: Message): void => {
    const one = running.get(message);
    if (one === undefined || !running.delete(message)) return;
    const { error } = message;
    const outcome: Outcome = error === undefined ? { status: 'ok' } : failure(error);
    // A library may call back in the context of its connection.
    endFollowedIn(one.frame, one.begun, outcome);
  };
  bindFrame(channel(`tracing:${name}:start`) as never, (message: Message) => {
    continueFollowed();
    const begun = noteBegun(beginOperation(call.label(message), call.kind, call.fields?.(message)));
    const frame = branch(currentFrame()).with(client.traceSlot, begun.trace);
    running.set(message, { begun, frame });
    return frame;
  });
  listenTo({
    // A call that has its result here was synchronous.
    [`tracing:${name}:end`](message: Message) {
      if ('result' in message || 'error' in message) finish(message);
    },
    [`tracing:${name}:asyncStart`]: finish,
  });
}
