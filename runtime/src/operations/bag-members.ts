import { shared } from '../kernel/index.js';

/** Set while bags are registered (`@throughline/runtime/baggage`), which are members of the header `baggage`. */
export const bagMembers = shared('bag-members', {
  /** Takes members out of a header into the current context, and returns the others. */
  take: (header: string | undefined): string | undefined => header,
  /** Adds those of the current context to others. */
  add: (others: string | undefined): string | undefined => others,
});
