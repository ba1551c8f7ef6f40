import type { Command } from 'commander';
import type { TaskSummary } from '@throughline/collector';
import { COLLECTOR_HELP, CollectorClient } from '../sources/collector-client.js';
import { collectorUrl } from '../sources/collector-url.js';
import { rowOf, WHERE_HELP } from './list.js';

/** How many of the newest tasks are looked at after a change. */
const NEWEST = 200;
/** A task is printed when it has got no events for so long, in milliseconds. */
const QUIET_MS = 500;

/** Adds `throughline tail`, which prints tasks as they come, until it is stopped. */
export function tail(program: Command): void {
  program
    .command('tail')
    .description('Print tasks as they arrive, until Ctrl-C.')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--where <search>', WHERE_HELP)
    .option('--json', 'print one JSON object per line')
    .action(async ({ collector, where, json }: Options) => {
      const client = new CollectorClient(collector ?? collectorUrl());
      const print = json ? (task: TaskSummary) => JSON.stringify(task) : lineOf;
      let known = new Map<string, number>();
      const news = async (): Promise<TaskSummary[]> => {
        const { tasks } = await client.tasks({ limit: NEWEST, where });
        const found = tasks.filter(({ taskId, events }) => known.get(taskId) !== events);
        // Older ones are not looked at any more.
        known = new Map(tasks.map(({ taskId, events }) => [taskId, events]));
        return found.reverse();
      };
      // What is there already is not new.
      await news();
      const waiting = new Map<string, NodeJS.Timeout>();
      await client.eachChange(async () => {
        for (const task of await news()) {
          clearTimeout(waiting.get(task.taskId));
          const end = (): void => {
            waiting.delete(task.taskId);
            console.log(print(task));
          };
          waiting.set(task.taskId, setTimeout(end, QUIET_MS));
        }
      });
    });
}

interface Options {
  readonly collector?: string;
  readonly where?: string;
  readonly json?: true;
}

function lineOf(task: TaskSummary): string {
  const [id, first, duration, events, errors, title] = rowOf(task);
  const failed = errors === '0' ? '' : `  ${errors} ${errors === '1' ? 'error' : 'errors'}`;
  return `${first}  ${id}  ${duration!.padStart(10)}  ${events!.padStart(5)} events  ${title}${failed}`;
}
