import { equal } from './harness/equal';

/** Throws unless the promise rejects, with an error of that message. Compiled: who awaits it joins the promise. */
export async function rejects(promise: PromiseLike<unknown>, message: string): Promise<void> {
  let reason: unknown;
  try {
    await promise;
  } catch (error) {
    reason = error;
  }
  if (!(reason instanceof Error)) throw new Error(`expected a rejection with "${message}"`);
  equal(reason.message, message);
}
