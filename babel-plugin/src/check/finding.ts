/** Statuses of a finding, each with its description in the output. */
export const statuses = {
  covered: 'carries context',
  uninstrumented: 'passes a callback to uninstrumented code',
  unknown: 'passes a callback to a method whose class is known only at run time',
  text: 'is not instrumented, because its source text runs elsewhere',
} as const;
/** Status of a finding. */
export type Status = keyof typeof statuses;

/** Statuses in which context may be lost. */
export const lossStatuses: readonly Status[] = ['uninstrumented', 'unknown'];

/** A place in a file where work is passed on: a spawn point, or a call that may lose context. */
export interface Finding {
  readonly status: Status;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 0. */
  readonly column: number;
  /** Kind of the spawn point, when it is covered. */
  readonly kind?: string;
  /** Name of the function or call: `setTimeout`, `lodash.debounce`, `cart.onChange`; empty if anonymous. */
  readonly name: string;
  /** The module that a callback is passed to, if it is known. */
  readonly module?: string;
}
