import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { senderText } from '../methods/message-event.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { MAX_JOINED } from '../operations/messages.js';
import { MESSAGES_HEADER } from '../operations/websocket-header.js';
import { awaitAnswers, emittingNow, newAwaited, withCallback } from './socket-io-answers.js';
import type { Awaited } from './socket-io-answers.js';
import type { Envelope, Packet } from './socket-io-packets.js';

// Broadcasts of a server of Socket.IO. A packet is encoded once, and written to the connections of all who get it: those that have agreed get a
// second form, which says where it comes from.

/** What an adapter hands to each connection. */
type Encoded = readonly unknown[];
type Options = Readonly<Record<string, unknown>>;

/** Adapters encode by a method of theirs since 2.5.2. */
interface Adapter {
  readonly nsp: object;
}

interface Connection {
  readonly request?: { readonly headers: Readonly<Record<string, unknown>> };
}

/** A packet that is being broadcast. */
interface Broadcast {
  readonly encoded: Encoded;
  readonly sender: string;
  /** Encodes a text again as the adapter does, which may add to the options. */
  readonly encode: (parts: Encoded) => readonly [Encoded, Options];
  /** How many have got it that read where it comes from. */
  count: number;
  /** The form for the first of them, and for those after many. */
  joined: readonly [Encoded, Options] | undefined;
  linked: readonly [Encoded, Options] | undefined;
}

/** Who calls `emit` of a broadcast right now. What is broadcast otherwise comes from another server, or later, and it is not known for whom. */
let sending: Awaited | undefined;

/** What is being broadcast, by what the adapter hands to each connection. */
const underway = new WeakMap<Encoded, Broadcast>();

/** Stands for `emit(name, …)` of a broadcast. A callback comes after what those who have answered have done. */
export const broadcasts: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const outer = sending;
    const own = (sending = newAwaited(currentFrame()));
    try {
      return Reflect.apply(method, this, withCallback(args, own));
    } finally {
      sending = outer;
    }
  };

/** Stands for `_encode(packet, options)` of an adapter. */
export const encodes: Replace = (method) =>
  function (this: Adapter, ...args: never[]): unknown {
    const encoded = Reflect.apply(method, this, args) as Encoded;
    const [packet, options] = args as unknown as [Packet, Options];
    attempt(() => {
      const own = sending ?? emittingNow();
      if (own === undefined || !Array.isArray(packet.data)) return;
      if (packet.id !== undefined) awaitAnswers(this.nsp, packet.id, own);
      const encode = (parts: Encoded): readonly [Encoded, Options] => {
        const again = { ...options, wsPreEncodedFrame: undefined };
        const encoder = { encode: () => parts };
        return [Reflect.apply(method, { encoder }, [packet, again] as never[]) as Encoded, again];
      };
      underway.set(encoded, newBroadcast(own.frame, encoded, encode));
    });
    return encoded;
  } as never;

function newBroadcast(frame: Frame, encoded: Encoded, encode: Broadcast['encode']): Broadcast {
  const sender = runIn(branch(frame), senderText, undefined, []) as string;
  return { encoded, sender, encode, count: 0, joined: undefined, linked: undefined };
}

/** Stands for `writeToEngine(encoded, options)` of a connection. */
export const writes: Replace = (method) =>
  function (this: Connection, ...args: never[]): unknown {
    const [encoded] = args as readonly unknown[];
    const broadcast = underway.get(Object(encoded) as Encoded);
    const isAgreed = broadcast && this.request?.headers[MESSAGES_HEADER] !== undefined;
    const carried = isAgreed ? attempt(() => carriedForm(broadcast)) : undefined;
    return Reflect.apply(method, this, (carried ?? args) as never[]);
  } as never;

/** Returns the form that says where a packet comes from; undefined where the parser of the program does not write a text. */
function carriedForm(broadcast: Broadcast): readonly [Encoded, Options] | undefined {
  const { encoded, sender } = broadcast;
  const isMany = ++broadcast.count > MAX_JOINED && !sender.startsWith('many');
  const kind = isMany ? 'linked' : 'joined';
  if (broadcast[kind] !== undefined) return broadcast[kind];
  const [head, ...binary] = encoded;
  // The text ends with the list of arguments. To encode the packet again would call methods of the program, such as `toJSON`.
  if (typeof head !== 'string' || !OWN_FORMAT.test(head) || !head.endsWith(']')) return undefined;
  const envelope: Envelope = { throughline: isMany ? `many ${sender}` : sender };
  const text = `${head.slice(0, -1)},${JSON.stringify(envelope)}]`;
  return (broadcast[kind] = broadcast.encode([text, ...binary]));
}

/** How the text of an event begins (Socket.IO protocol, "Packet encoding"): its type, binary parts, namespace, number, and arguments. Other parsers write others. */
const OWN_FORMAT = /^(?:2|5\d+-)(?:\/[^,]*,)?\d*\["/;
