import { branch, guarded, OUTSIDE, tokensWithCarry } from '../kernel/index.js';
import type { AnyToken, Frame } from '../kernel/index.js';

/** The slots that cross to another thread, by name, each as text. */
export type Cargo = Readonly<Record<string, string>>;

/** What of a frame crosses; undefined when nothing does. */
export function pack(frame: Frame): Cargo | undefined {
  let cargo: Record<string, string> | undefined;
  for (const token of tokensWithCarry) {
    if (!frame.has(token)) continue;
    const { name, encode } = token.callbacks.carry!;
    const text = guarded(() => encode(frame.get(token)), undefined);
    if (typeof text === 'string') (cargo ??= {})[name] = text;
  }
  return cargo;
}

/** The frame that arrives with a cargo: root, with the sender's slots in it. */
export function unpack(cargo: Cargo | undefined): Frame {
  let frame = branch(OUTSIDE);
  if (cargo) for (const token of tokensWithCarry) frame = unpackSlot(frame, token, cargo);
  return frame;
}

export function unpackSlot(frame: Frame, token: AnyToken, cargo: Cargo): Frame {
  const { name, decode } = token.callbacks.carry!;
  if (!Object.hasOwn(cargo, name)) return frame;
  const missing = {};
  const value = guarded(() => decode(cargo[name]!), missing);
  return value === missing ? frame : frame.with(token, value);
}
