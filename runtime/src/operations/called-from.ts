import { register } from '../faces/slots.js';
import { currentFrame, shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

/** Finds the line of the program that has made the running call. Set where the platform can tell (channels/call-sites.ts). */
export const callSites = shared('call-sites', {
  find: undefined as (() => string | undefined) | undefined,
});

/** The line that has called a library, for what that library does later: a pool asks a connection in a turn of its own. */
const slot = register<string | undefined>(undefined);

/** The line that waits for a thenable, for what its `then` begins: the engine calls that when the stack is empty. */
const awaiting = register<string | undefined>(undefined);

/** Returns the line of the program, as `file:line`, that has called what runs now; undefined if that is not known. */
export function calledFrom(frame = currentFrame()): string | undefined {
  // What was called first: where a pool goes on, the stack is that of somebody else who has given something back.
  return callSites.find && (frame.get(slot) ?? callSites.find() ?? frame.get(awaiting));
}

/** Returns a frame for a call of a library in which the line that has made the call is known. */
export function rememberCaller(frame: Frame): Frame {
  const line = calledFrom();
  return line === undefined ? frame : frame.with(slot, line);
}

/** Returns a frame for the `then` of a thenable in which the line that waits for it is known. */
export function rememberAwaiting(frame: Frame): Frame {
  const line = callSites.find?.();
  return line === undefined ? frame : frame.with(awaiting, line);
}
