import type { Command } from 'commander';
import {
  causalGraph,
  drawGraph,
  eventsInOrder,
  taskHtml,
  textRecords,
} from '@throughline/collector';
import type { Excerpt, TraceEvent } from '@throughline/collector';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { EventSource, SourceOptions } from '../sources/event-source.js';
import { newestTask } from '../sources/newest-task.js';
import { writeFile } from '../write-file.js';
import { printTasks } from './list.js';

/** Maximum number of places whose code is in a file. */
const MOST_CODE = 500;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Adds `throughline show [TASK]`, which prints the paper's text records, the graph or JSON. Without a task, prints
 * the newest with `--latest`, else the only task of the event files, or lists their tasks if there are several.
 */
export function show(program: Command): void {
  program
    .command('show [task]')
    .description('Print the events of a task as text records, causes before effects.')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--latest', 'show the newest task')
    .option('--graph', 'draw the causal graph instead')
    .option('--json', 'print one JSON object per line instead')
    .option('--html <file>', 'write the page of the task as one file that opens from disk')
    .option('--code', 'with --html: also the code around the lines of its events')
    .action(
      async (
        given: string | undefined,
        options: SourceOptions & {
          latest?: true;
          graph?: true;
          json?: true;
          html?: string;
          code?: true;
        },
        command: Command,
      ) => {
        const { file, latest, graph, json, html, code } = options;
        if (code && html === undefined) command.error('error: --code goes with --html');
        if (given === undefined && file === undefined && !latest) {
          command.error('error: name a task, or use --latest');
        }
        const source = await openEventSource(options);
        const task = given ?? (await (latest ? newestTask(source) : onlyTask(source)));
        if (task === undefined)
          return printTasks(await source.tasks({ limit: NO_LIMIT }), { json: json ?? false });
        const events = await source.task(task);
        if (html !== undefined) {
          return writeFile(html, taskHtml(events, code ? await codeOf(source, events) : {}));
        }
        const causal = causalGraph(events);
        if (json) for (const event of eventsInOrder(causal)) console.log(JSON.stringify(event));
        else if (graph) console.log(drawGraph(causal).join('\n'));
        else process.stdout.write(textRecords(eventsInOrder(causal)));
      },
    );
}

/** Returns the code of as many places as a reader may look at, by source. */
async function codeOf(
  from: EventSource,
  events: readonly TraceEvent[],
): Promise<Record<string, Excerpt>> {
  const bySource = new Map(events.map((event) => [event.source ?? '', event]));
  bySource.delete('');
  const code: [string, Excerpt][] = [];
  for (const [source, event] of [...bySource].slice(0, MOST_CODE)) {
    const found = await from.code(event);
    if (found) code.push([source, found]);
  }
  return Object.fromEntries(code);
}

async function onlyTask(source: EventSource): Promise<string | undefined> {
  const { tasks, total } = await source.tasks({ limit: 1 });
  return total === 1 ? tasks[0]?.taskId : undefined;
}
