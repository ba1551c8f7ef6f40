import { channel } from 'node:diagnostics_channel';
import { bindFrame, branch, currentFrame } from '../kernel/index.js';
import { client } from '../xtrace/log.js';
import { beginOperation, endOperation, failure } from '../operations/operation-events.js';
import type { Operation, OperationKind } from '../operations/operation-events.js';
import type { Fields } from '../xtrace/log.js';
import { continueFollowed, noteReached } from './followed.js';
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

/** Makes each call of a `TracingChannel` an operation. What the call does starts from its begin event. */
export function watchTracingChannel(name: string, call: TracedCall): void {
  const running = new WeakMap<Message, Operation>();
  const finish = (message: Message): void => {
    const begun = running.get(message);
    if (begun === undefined || !running.delete(message)) return;
    const { error } = message;
    endOperation(begun, error === undefined ? { status: 'ok' } : failure(error));
    noteReached();
  };
  bindFrame(channel(`tracing:${name}:start`) as never, (message: Message) => {
    continueFollowed();
    const begun = beginOperation(call.label(message), call.kind, call.fields?.(message));
    running.set(message, begun);
    return branch(currentFrame()).with(client.traceSlot, begun.trace);
  });
  listenTo({
    // A call that has its result here was synchronous.
    [`tracing:${name}:end`](message: Message) {
      if ('result' in message || 'error' in message) finish(message);
    },
    [`tracing:${name}:asyncStart`]: finish,
  });
}
