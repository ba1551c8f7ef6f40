import type { SpawnPointKind } from '../options.js';

/**
 * Context that a callback of each kind sees, and the contexts that it joins (docs/what-callbacks-see.md).
 */
export const meanings: Readonly<
  Record<SpawnPointKind | 'event', { readonly sees: string; readonly joins: string }>
> = {
  async: {
    sees: "a branch of the caller's context; the caller does not see values set in it",
    joins: 'at each await, the context that the awaited promise ended with',
  },
  timer: { sees: 'the context of this call, a new branch for each firing', joins: 'nothing' },
  microtask: { sees: 'the context of this call', joins: 'nothing' },
  promise: {
    sees: 'the context of this call',
    joins: "the context that the promise ended with; the returned promise carries the callback's",
  },
  listener: {
    sees: 'the context of the code that triggers the event, or of this call if that has none',
    joins: 'both (change it with the option "events" or a comment before the call)',
  },
  callback: { sees: 'the context of this call', joins: 'nothing' },
  observer: { sees: 'the context of this call, a new branch for each run', joins: 'nothing' },
  stream: {
    sees: 'the context of the code that reads or writes, or of this call if that has none',
    joins: 'both',
  },
  worker: {
    sees: 'a worker: the context of its creator; a message handler: the context of the sender',
    joins: 'the contexts of the sender and of the registration',
  },
  event: { sees: 'the current context', joins: 'nothing; the event records this line' },
};
