import type { Command } from 'commander';
import { causalGraph } from '../graph/causal-order.js';
import { textRecords } from '../graph/records.js';
import { drawGraph } from '../graph/terminal.js';
import { DEFAULT_URL } from './collector-api.js';
import { eventSource } from './event-source.js';
import type { EventSource } from './event-source.js';
import { printTasks } from './list.js';

const EVERY = Number.MAX_SAFE_INTEGER;

/** `throughline show TASK`: the paper's text records, or the graph. A file's only task needs no name. */
export function show(program: Command): void {
  program
    .command('show [task]')
    .description('Print the events of a task, causes first, as text records.')
    .option('--collector <url>', 'address of a running collector', DEFAULT_URL)
    .option('--file <path>', 'a file or folder of events in place of a collector')
    .option('--graph', 'draw the causal graph instead')
    .option('--json', 'one JSON object a line instead')
    .action(
      async (
        given: string | undefined,
        options: { collector: string; file?: string; graph?: true; json?: true },
        command: Command,
      ) => {
        const { file, graph, json } = options;
        if (given === undefined && file === undefined) {
          command.error("error: missing required argument 'task'");
        }
        const source = await eventSource(options);
        const task = given ?? (await onlyTask(source));
        if (task === undefined)
          return printTasks(await source.tasks(EVERY), { json: json ?? false });
        const causal = causalGraph(await source.task(task));
        if (json) for (const event of causal.events) console.log(JSON.stringify(event));
        else if (graph) console.log(drawGraph(causal).join('\n'));
        else process.stdout.write(textRecords(causal.events));
      },
    );
}

async function onlyTask(source: EventSource): Promise<string | undefined> {
  const { tasks, total } = await source.tasks(1);
  return total === 1 ? tasks[0]?.taskId : undefined;
}
