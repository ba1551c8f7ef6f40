import { CollectorError } from '../errors.js';

/** Returns the error for a task of which nothing has arrived. */
export function unknownTask(text: string): CollectorError {
  return new CollectorError('TL_TASK_UNKNOWN', `No events of task "${text}" have arrived.`);
}
