import type { Frame } from '../kernel/index.js';
import { readSender } from '../methods/message-event.js';
import { replaceMethod } from '../methods/replace.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import type { Carried } from '../operations/messages.js';
import { typeOf } from './event-stream-texts.js';
import { hear, noteMessage } from './heard-messages.js';
import { constructedBy, replaceGetter, replaceGlobalClass } from './replace-global-class.js';

/** What an `EventSource` is opened with. */
export interface OpenedStream {
  readonly url: URL;
  readonly mark: string;
  readonly args: readonly unknown[];
  /** The frame in which it is opened. */
  readonly frame: Frame;
  /** The address that the program is shown, if it is opened with another one. */
  readonly shown?: string;
  /** Called when the connection is lost, before the program is told. */
  readonly lost?: () => void;
  /** Called with the source once we listen to it. */
  readonly listened?: (source: EventTarget) => void;
}

interface Stream extends OpenedStream {
  /** The types of events that we listen to. */
  readonly heard: Set<string>;
  /** Where the next message comes from, if the server has said so. */
  sender?: Carried | undefined;
}

const streams = new WeakMap<object, Stream>();

/** Events that come from no message. */
const OWN = ['open', 'error'];

/**
 * Has listeners of the platform's `EventSource` come after those who have sent the messages. `open` returns what one is opened with; undefined for
 * one that asks for nothing.
 */
export function watchEventSources(
  open: (args: readonly unknown[]) => OpenedStream | undefined,
): void {
  replaceGlobalClass('EventSource', (original) => {
    const { prototype } = original as unknown as typeof EventSource;
    replaceGetter(prototype, 'url', (source, url) => streams.get(source)?.shown ?? url);
    replaceMethod(prototype, 'addEventListener', addsListener);
    return constructedBy<EventSource>(original, (given) => {
      const known = open(given);
      return known && { ...known, made: (source) => listenTo(source, known) };
    });
  });
}

function listenTo(source: EventSource, known: OpenedStream): void {
  const stream: Stream = { ...known, heard: new Set(OWN) };
  streams.set(source, stream);
  hear(source, 'error', () => {
    stream.sender = undefined;
    known.lost?.();
  });
  hear(source, typeOf(known.mark), (event) => {
    stream.sender = readSender((event as MessageEvent).data);
  });
  hearFirst(source, 'message');
  known.listened?.(source);
}

/** Listens to a type of events before the program does. */
function hearFirst(source: object, type: string): void {
  const stream = streams.get(source);
  if (stream === undefined || stream.heard.has(type)) return;
  stream.heard.add(type);
  hear(source as EventTarget, type, (event) => {
    const { url, sender } = stream;
    stream.sender = undefined;
    noteMessage(event, url, FIELDS, sender);
  });
}

const FIELDS = { 'network.protocol.name': 'sse' };

/** Stands for `addEventListener(type, …)`. */
const addsListener: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    attempt(() => hearFirst(this, String(args[0])));
    return Reflect.apply(method, this, args);
  } as never;
