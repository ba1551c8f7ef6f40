import { branch, callGuarded, OUTSIDE, tokensWithCarry } from '../kernel/index.js';
import type { AnyToken, Frame } from '../kernel/index.js';

/** The slots that cross to another thread: their encoded values, by name. */
export type Baggage = Readonly<Record<string, string>>;

/** Returns the baggage of a frame, or undefined if no slot in it can cross. */
export function pack(frame: Frame): Baggage | undefined {
  let baggage: Record<string, string> | undefined;
  for (const token of tokensWithCarry) {
    if (!frame.has(token)) continue;
    const { name, encode } = token.callbacks.carry!;
    const text = callGuarded(() => encode(frame.get(token)), undefined);
    if (typeof text === 'string') (baggage ??= {})[name] = text;
  }
  return baggage;
}

/** Returns the frame for received baggage: root, plus the sender's slots. */
export function unpack(baggage: Baggage | undefined): Frame {
  let frame = branch(OUTSIDE);
  if (baggage) for (const token of tokensWithCarry) frame = unpackSlot(frame, token, baggage);
  return frame;
}

/** Returns `frame` with one slot set from baggage; unchanged if the slot is not in it or cannot be decoded. */
export function unpackSlot(frame: Frame, token: AnyToken, baggage: Baggage): Frame {
  const { name, decode } = token.callbacks.carry!;
  if (!Object.hasOwn(baggage, name)) return frame;
  const missing = {};
  const value = callGuarded(() => decode(baggage[name]!), missing);
  return value === missing ? frame : frame.with(token, value);
}
