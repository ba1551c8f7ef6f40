import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import type { Replace } from '../methods/replace.js';
import { ends, takeWritten, writes } from '../methods/written-frames.js';
import { client } from '../xtrace/log.js';

// A stream that sends by Confluent's client. It sends what waits in it one by one, or many at once, and again if the queue of the client is full.

/** The frames of the code that has written what is being sent, by the callback that tells of its end. */
const sending = new WeakMap<object, Frame>();
/** The same for what is sent at once, by the value. A program may write one many times. */
const together = new WeakMap<object, Frame[]>();

/** Stands for `_write_buffer(chunk, encoding, callback)` and `_write_message`. */
const sendsOne: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const [chunk, encoding, callback] = args as unknown as [unknown, unknown, AnyFunction];
    const again = sending.get(callback);
    const frame = again ?? takeWritten(this);
    if (frame === undefined) return Reflect.apply(method, this, args);
    const told = again ? callback : (...given: never[]) => callback(...given);
    sending.set(told, frame);
    return runIn(branch(frame), method, this, [chunk, encoding, told] as never[]);
  } as never;

/** Stands for `_writev(chunks, callback)`. What has no frame of its own is of no task. */
const sendsMany: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const [chunks, callback] = args as unknown as [readonly { chunk: unknown }[], AnyFunction];
    const isAgain = sending.has(callback);
    const frame = branch(currentFrame()).with(client.traceSlot, undefined);
    if (isAgain) return runIn(frame, method, this, args);
    for (const { chunk } of chunks) note(valueOf(chunk), takeWritten(this));
    const told = (...given: never[]): unknown => callback(...given);
    sending.set(told, frame);
    return runIn(frame, method, this, [chunks, told] as never[]);
  } as never;

/** Returns what `produce` gets of a chunk. */
function valueOf(chunk: unknown): unknown {
  return Buffer.isBuffer(chunk) ? chunk : (Object(chunk) as { readonly value?: unknown }).value;
}

function note(value: unknown, frame: Frame | undefined): void {
  if (typeof value !== 'object' || value === null || frame === undefined) return;
  const known = together.get(value);
  if (known) known.push(frame);
  else together.set(value, [frame]);
}

/** Sends a value in the frame of the code that has written it to a stream, if it has waited there. */
export function sentFromStream(value: unknown, send: () => unknown): unknown {
  const frames = together.get(Object(value) as object);
  const [frame] = frames ?? [];
  if (frame === undefined) return send();
  const result: unknown = runIn(branch(frame), send, undefined, []);
  // It is sent again if there was an error.
  frames!.shift();
  return result;
}

export const producerStream = {
  ...{ write: writes, end: ends },
  ...{ _write_buffer: sendsOne, _write_message: sendsOne, _writev: sendsMany },
};
