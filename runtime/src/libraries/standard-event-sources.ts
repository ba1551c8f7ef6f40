import { runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { noteTrigger } from '../listeners/triggers.js';
import { attempt } from '../operations/attempt.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { typeOf } from './event-stream-texts.js';
import { messageFrame, readSender } from './message-event.js';
import { constructedBy, hear, replaceGetter, replaceGlobalClass } from './replace-global-class.js';

/** What an `EventSource` is opened with. */
export interface OpenedStream {
  readonly url: URL;
  readonly mark: string;
  readonly args: readonly unknown[];
  /** What the address has got at its end, which the program is not shown. */
  readonly added: string;
  /** The frame in which it is opened. */
  readonly frame: Frame;
}

interface Stream extends OpenedStream {
  /** The types of events that we listen to. */
  readonly heard: Set<string>;
  /** Where the next message comes from, if the server has said so. */
  sender?: Carried | undefined;
}

const streams = new WeakMap<object, Stream>();

/** Events that come from no message. */
const OWN = new Set(['open', 'error']);

/**
 * Has listeners of the platform's `EventSource` come after those who have sent the messages. `open` returns what one is opened with; undefined for
 * one that asks for nothing.
 */
export function watchEventSources(
  open: (args: readonly unknown[]) => OpenedStream | undefined,
): void {
  replaceGlobalClass('EventSource', (original) => {
    const { prototype } = original as unknown as typeof EventSource;
    replaceGetter(prototype, 'url', (source, url) => {
      const { added = '' } = streams.get(source) ?? {};
      return added !== '' && url.endsWith(added) ? url.slice(0, -added.length) : url;
    });
    replaceAddEventListener(prototype);
    return constructedBy<EventSource>(original, (args, construct) => {
      const made = attempt(() => open(args));
      if (made === undefined) return construct();
      const source = runIn(made.frame, construct as never, undefined, [
        made.args,
      ] as never[]) as EventSource;
      attempt(() => {
        const stream: Stream = { ...made, heard: new Set(OWN) };
        streams.set(source, stream);
        hear(source, 'open', () => (stream.sender = undefined));
        hear(source, typeOf(made.mark), (event) => {
          stream.sender = readSender((event as MessageEvent).data);
        });
        hearFirst(source, 'message');
      });
      return source;
    });
  });
}

/** Listens to a type of events before the program does. */
function hearFirst(source: object, type: string): void {
  const stream = streams.get(source);
  if (stream === undefined || stream.heard.has(type)) return;
  stream.heard.add(type);
  hear(source as EventTarget, type, (event) => {
    const { sender, url } = stream;
    stream.sender = undefined;
    if (sender === undefined) return;
    const label = `message ${url.pathname}`;
    noteTrigger(
      event,
      messageFrame(label, FIELDS, () => continueFromMessage(sender)),
    );
  });
}

const FIELDS = { 'network.protocol.name': 'sse' };

function replaceAddEventListener(prototype: EventSource): void {
  const method = prototype.addEventListener as AnyFunction;
  const standIn = function (this: object, ...args: never[]): unknown {
    attempt(() => hearFirst(this, String(args[0])));
    return Reflect.apply(method, this, args);
  };
  const value = copyFunctionShape(standIn as unknown as AnyFunction, method);
  const plain = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(prototype, 'addEventListener', { value, ...plain });
}
