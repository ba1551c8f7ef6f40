import { shared } from '../kernel/index.js';

/** What sends the events of this process. */
export const sending = shared('sending', {
  /** Sends what waits, and resolves when it has arrived. Set where a platform may stop a program that has answered. */
  flush: undefined as (() => Promise<unknown>) | undefined,
});
