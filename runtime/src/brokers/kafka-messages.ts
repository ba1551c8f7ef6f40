import { runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { messageFrame } from '../methods/message-event.js';
import { iterates } from '../methods/message-iterators.js';
import { message } from '../methods/message-operation.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';

// Messages of Kafka that a stream or an emitter hands over. Nobody knows when the program has done its work for one, so it is one event.

interface Received {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint | number;
}

/** What stands for the methods of a class that hands messages over. */
interface HandedOver {
  /** Returns the frame of a message, in which it is handled. */
  readonly frameOf: (one: unknown) => Frame | undefined;
  /** Stands for `emit(name, …)`. A stream tells of each message that is read, also where nobody listens. */
  readonly emits: (isHeard?: (emitter: object) => boolean) => Replace;
  /** Stands for `[Symbol.asyncIterator]()` and `iterator(options)`. */
  readonly iterates: Replace;
}

/** `carriedBy` returns what came with a message; undefined for something else. */
export function handedOver(carriedBy: (one: object) => Carried | undefined): HandedOver {
  const frames = new WeakMap<object, Frame>();

  /** One that the program has given back comes again, and is no second event. */
  function frameOf(one: unknown): Frame | undefined {
    const known = frames.get(Object(one) as object);
    if (known) return known;
    const carried = carriedBy(Object(one) as object);
    if (carried === undefined) return undefined;
    const { topic, partition, offset } = one as Received;
    const { label, fields } = message('kafka', 'process', topic, {
      'messaging.destination.partition.id': partition,
      'messaging.kafka.offset': offset,
    });
    const frame = messageFrame(label, fields, () => continueFromMessage(carried));
    frames.set(one as object, frame);
    return frame;
  }

  return {
    frameOf,
    emits:
      (isHeard = () => true) =>
      (method) =>
        function (this: object, ...args: never[]): unknown {
          const [name, one] = args as readonly unknown[];
          const frame =
            name === 'data' ? attempt(() => (isHeard(this) ? frameOf(one) : undefined)) : undefined;
          return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
        } as never,
    iterates: iterates((_, { value }) => frames.get(Object(value) as object)),
  };
}
