/** How a place in source where work is handed over has fared. */
export const statuses = {
  covered: 'hands over an explicit spawn callback',
  uncompiled: 'hands a function to code that is not compiled',
  unknown: 'hands a function to a method whose receiver only the run knows',
  text: 'is left as written: its text runs elsewhere',
} as const;
export type Status = keyof typeof statuses;

/** Statuses in which context may get lost. */
export const lost: readonly Status[] = ['uncompiled', 'unknown'];

export interface Finding {
  readonly status: Status;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  /** The kind of spawn point, when it is covered. */
  readonly kind?: string;
  /** What stands there: `setTimeout`, `lodash.debounce`, `cart.onChange`. */
  readonly name: string;
}
