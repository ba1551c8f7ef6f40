import { end, resume, resumeIfSuspended, run, suspend } from '../kernel/index.js';
import { endOperation, failure } from './operation-events.js';
import type { Operation } from './operation-events.js';

/**
 * Returns a promise that settles as `result` does, in a strand that ends the operation then. `ended` is called after the
 * end event, in that strand.
 */
export function endWhenSettled(
  begun: Operation,
  result: unknown,
  ended = (): void => {},
): Promise<unknown> {
  return run(async (strand) => {
    try {
      const value = resume(strand, await suspend(strand, result));
      endOperation(begun, { status: 'ok' });
      return value;
    } catch (error) {
      resumeIfSuspended(strand);
      endOperation(begun, failure(error));
      throw error;
    } finally {
      ended();
      end(strand);
    }
  });
}
