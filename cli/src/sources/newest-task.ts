import { CliError } from '../errors.js';
import type { EventSource } from './source.js';

/** Returns the id of the newest task. Throws `TL_TASK_UNKNOWN` if there is none. */
export async function newestTask(source: EventSource): Promise<string> {
  const { tasks } = await source.tasks({ limit: 1 });
  if (tasks[0]) return tasks[0].taskId;
  throw new CliError('TL_TASK_UNKNOWN', 'There are no tasks yet.');
}
