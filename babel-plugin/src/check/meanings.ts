import type { SpawnPointKind } from '../options.js';

/** What a callback of each kind sees, and what it joins (README, "What each callback sees"). */
export const meanings: Readonly<
  Record<SpawnPointKind | 'event', { readonly sees: string; readonly joins: string }>
> = {
  async: {
    sees: "a branch of the caller's values; what it sets, the caller does not see",
    joins: 'at each await, what the awaited promise ended with',
  },
  timer: { sees: 'the values here, afresh at every firing', joins: 'nothing' },
  microtask: { sees: 'the values here', joins: 'nothing' },
  promise: {
    sees: 'the values here',
    joins: 'what the promise ended with; the promise that comes back carries the callback',
  },
  listener: {
    sees: "the trigger's values if it runs in a strand, else the values here",
    joins: 'both (option "events", or a comment before the call)',
  },
  callback: { sees: 'the values here', joins: 'nothing' },
  observer: { sees: 'the values here, afresh at every call', joins: 'nothing' },
  stream: {
    sees: 'the values of whoever reads or writes in a strand, else the values here',
    joins: 'both',
  },
  worker: {
    sees: "the worker: its creator's values; a message's handler: its sender's",
    joins: "the sender's values and those of the registration",
  },
  event: { sees: 'the running strand', joins: 'names this line in the event' },
};
