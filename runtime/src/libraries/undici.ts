import { currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import type { LibraryMethods, Replace } from '../methods/replace.js';

/** A request that a dispatcher was given, and may have put into its queue. */
interface Given {
  readonly dispatcher: object;
  readonly handler: unknown;
  /** The frames of those who have asked for it, in their order: a program may use the same objects again. */
  readonly senders: Frame[];
}

/** What waits, by the options of a request, which stay the same object on the way through a queue. */
const waiting = new WeakMap<object, Given>();

/**
 * Stands for `dispatch(options, handler)`. A pool may call that of a connection later, in the context of whoever has freed the
 * connection: then it runs in that of the sender.
 */
const dispatches: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const [options, handler] = args as readonly unknown[];
    if (typeof options !== 'object' || options === null) return Reflect.apply(method, this, args);
    const known = waiting.get(options);
    const isPassedOn = known?.handler === handler && known?.dispatcher !== this;
    const frame = (isPassedOn ? known?.senders.shift() : undefined) ?? currentFrame();
    if (known?.senders.length === 0) waiting.delete(options);
    // A connection passes nothing on.
    if (!('pipelining' in this)) note(this, options, handler, frame);
    return frame === currentFrame()
      ? Reflect.apply(method, this, args)
      : runIn(frame, method as never, this, args);
  };

function note(dispatcher: object, options: object, handler: unknown, frame: Frame): void {
  const known = waiting.get(options);
  if (known?.dispatcher === dispatcher && known.handler === handler) known.senders.push(frame);
  else waiting.set(options, { dispatcher, handler, senders: [frame] });
}

export const undici: LibraryMethods = {
  'undici DispatcherBase': { dispatch: dispatches },
};
