import { getLocal } from '../faces/slots.js';
import { branch, currentFrame, OUTSIDE, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { tellsOfMessage } from '../methods/message-event.js';
import { continueFromMessage, messages } from '../operations/messages.js';
import type { Operation } from '../operations/operation-events.js';
import { formatTraceParent, parseTraceParent } from '../operations/trace-context.js';
import type { TraceParent } from '../operations/trace-context.js';
import type { Metadata } from '../propagation/carrier.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { NONE, Position } from '../xtrace/position.js';
import { addEvent, joinTraces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';

// The messages of a stream of gRPC. Each is an event where it is sent, and one where it is received, which comes after that. The messages
// themselves say nothing of it: both sides count them, and compute the id of an event from the number of its message, after they have told
// each other in the metadata from which id on.

/** The key of the metadata by which each side tells that its messages are events, and from which id on they are counted. */
export const MESSAGES_KEY = 'throughline-messages';

/** How many messages of a call are events, in each direction. A stream may be open for weeks. */
const MOST_MESSAGES = 1000;

/** 2^64 divided by the golden ratio: the ids of one stream lie far from each other (Knuth, "The Art of Computer Programming", 6.4). */
const STEP = 0x9e3779b97f4a7c15n;

/** Returns the id of the event at which a message is sent: 63 bits, as all ids are. */
export function idOfMessage(base: EventId, number: number): EventId {
  const id = BigInt.asUintN(63, BigInt(`0x${base}`) + BigInt(number) * STEP);
  return (id || 1n).toString(16).padStart(16, '0');
}

/** What one side of a call knows of its messages. */
export class CallMessages {
  /** What the other side has told; null if it has told that it tells nothing, and undefined before that. */
  private peer: TraceParent | null | undefined;
  private sends = 0;
  private receives = 0;
  /** The trace after the last message that was sent: the next one comes after it, and after who sends it. */
  private sent: Trace;
  private received: Trace;

  /** `before` are the events that are known to come before all that the other side sends. */
  constructor(
    private readonly begun: Operation,
    private readonly before: readonly Position[] = NONE,
  ) {
    this.sent = this.received = begun.trace;
  }

  /** What this side tells. */
  get told(): string {
    const { id, trace } = this.begun;
    return formatTraceParent({ taskId: trace.taskId, eventId: id, flags: '01' });
  }

  /** Reads what the other side tells, and takes it out of what the program sees. */
  hear(metadata: Metadata): void {
    const [value] = metadata.get(MESSAGES_KEY);
    this.peer = parseTraceParent(value === undefined ? undefined : String(value)) ?? null;
    if (value !== undefined) metadata.remove(MESSAGES_KEY);
  }

  /** True if the other side reads which message comes after what. */
  get isHeard(): boolean {
    return this.peer !== undefined && this.peer !== null;
  }

  /** The latest events of this side's part of the stream. */
  get latest(): Trace {
    return joinTraces(this.sent, this.received)!;
  }

  /** The latest event at which a message was received. */
  get latestReceived(): Trace {
    return this.received;
  }

  /** Logs that the running code sends a message. A client does not know yet who gets its first ones. */
  send(): void {
    const number = ++this.sends;
    if (this.peer === null || number > MOST_MESSAGES) return;
    const before = joinTraces(this.sent, currentFrame() === OUTSIDE ? undefined : currentTrace())!;
    this.sent = this.log('send', number, before, idOfMessage(this.begun.id, number));
  }

  /** Logs that a message has come. Returns the frame in which it is handled; undefined if nothing is known of its sender. */
  receive(context: Frame): Frame | undefined {
    const number = ++this.receives;
    const { peer } = this;
    if (!peer || number > MOST_MESSAGES) return undefined;
    const eventId = idOfMessage(peer.eventId, number);
    const latest = [Position.elsewhere(eventId, this.before)];
    const before = joinTraces(this.received, { taskId: peer.taskId, latest, notes: NONE })!;
    const received = (this.received = this.log('receive', number, before));
    const joined = branch(context).with(client.traceSlot, received);
    const isJoined = (messages.policy ?? 'join') === 'join';
    const frame = isJoined ? joined : ownTask(context, { ...peer, eventId });
    for (const one of new Set([joined, frame])) tellsOfMessage(one);
    afterAll.set(frame, joined);
    return frame;
  }

  private log(verb: 'send' | 'receive', number: number, before: Trace, id?: EventId): Trace {
    const { begun } = this;
    const after = addEvent(before, id);
    client.report(before, after.id, `${verb} ${begun.label}`, [
      ['operation', begun.id],
      ['rpc.message.type', TYPES[verb]],
      ['rpc.message.id', String(number)],
    ]);
    return after.trace;
  }
}

/** The frames in which the end of a stream is told of, by that of its last message: in the task of the call. */
const afterAll = new WeakMap<Frame, Frame>();

export function frameAfterAll(last: Frame): Frame | undefined {
  return afterAll.get(last);
}

/** OpenTelemetry, "Semantic conventions for RPC": messages. */
const TYPES = { send: 'SENT', receive: 'RECEIVED' } as const;

function currentTrace(): Trace | undefined {
  return getLocal(client.traceSlot);
}

/** Returns the frame of a message that the program has handled in a task of its own. */
function ownTask(context: Frame, sender: TraceParent): Frame {
  const enter = (): Frame => {
    continueFromMessage({ headers: { traceparent: formatTraceParent(sender) }, isRepeated: false });
    return currentFrame();
  };
  return runIn(branch(context).with(client.traceSlot, undefined), enter, undefined, []) as Frame;
}
