import { end, resume, resumeIfSuspended, run, suspend } from '../kernel/index.js';
import { endOperation, failure } from './operation-events.js';
import type { Operation, Outcome } from './operation-events.js';

/** What becomes of an operation when its promise is settled. */
interface Settling {
  /** Returns the outcome for a value; undefined if the operation is not over yet. */
  readonly outcome?: (value: unknown) => Outcome | undefined;
  /** Called before the end event, in the strand that logs it. */
  readonly ending?: () => void;
  /** Called after the end event, in the strand that has logged it. */
  readonly ended?: () => void;
}

/** Returns a promise that settles as `result` does, in a strand that ends the operation then. */
export function endWhenSettled(
  begun: Operation,
  result: unknown,
  { outcome = () => ({ status: 'ok' }), ending = () => {}, ended = () => {} }: Settling = {},
): Promise<unknown> {
  const fulfilled = (value: unknown): void => {
    ending();
    const known = outcome(value);
    if (known) endOperation(begun, known);
  };
  const rejected = (error: unknown): void => {
    ending();
    endOperation(begun, failure(error));
  };
  return whenSettled(result, fulfilled, rejected, ended);
}

/** Returns a promise that settles as `result` does, or as what `again` returns if that is rejected with an error of a kind. */
export function orElse(
  result: unknown,
  isKind: (error: unknown) => boolean,
  again: () => unknown,
): Promise<unknown> {
  return run(async (strand) => {
    try {
      return resume(strand, await suspend(strand, result));
    } catch (error) {
      resumeIfSuspended(strand);
      if (!isKind(error)) throw error;
      return resume(strand, await suspend(strand, again()));
    } finally {
      resumeIfSuspended(strand);
      end(strand);
    }
  });
}

/** Returns a promise that settles as `result` does, in a strand in which the functions are called before. */
export function whenSettled(
  result: unknown,
  fulfilled: (value: unknown) => void,
  rejected: (error: unknown) => void,
  ended = (): void => {},
): Promise<unknown> {
  return run(async (strand) => {
    try {
      const value = resume(strand, await suspend(strand, result));
      fulfilled(value);
      return value;
    } catch (error) {
      resumeIfSuspended(strand);
      rejected(error);
      throw error;
    } finally {
      ended();
      end(strand);
    }
  });
}
