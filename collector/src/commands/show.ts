import type { Command } from 'commander';
import { causalGraph } from '../graph/causal-order.js';
import { textRecords } from '../graph/records.js';
import { drawGraph } from '../graph/terminal.js';
import { CollectorApi, DEFAULT_URL } from './collector-api.js';

/** `throughline show TASK`: the paper's text records, or the graph. */
export function show(program: Command): void {
  program
    .command('show <task>')
    .description('Print the events of a task, causes first, as text records.')
    .option('--collector <url>', 'address of a running collector', DEFAULT_URL)
    .option('--graph', 'draw the causal graph instead')
    .option('--json', 'one JSON object a line instead')
    .action(
      async (
        task: string,
        { collector, graph, json }: { collector: string; graph?: true; json?: true },
      ) => {
        const causal = causalGraph(await new CollectorApi(collector).task(task));
        if (json) for (const event of causal.events) console.log(JSON.stringify(event));
        else if (graph) console.log(drawGraph(causal).join('\n'));
        else process.stdout.write(textRecords(causal.events));
      },
    );
}
