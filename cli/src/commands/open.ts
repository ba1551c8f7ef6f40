import { CollectorError, openEventFiles, settings, startCollector } from '@throughline/collector';
import type { Collector } from '@throughline/collector';
import type { Command } from 'commander';
import { printProblems } from '../sources/event-source.js';
import { untilInterrupted } from './serve.js';

/** Adds `throughline open PATH [TASK]`, which shows event files on a page of their own. */
export function open(program: Command): void {
  const { variable } = settings.webPort;
  program
    .command('open <path> [task]')
    .description('Show an event file or folder on a page, until interrupted.')
    .option('--web-port <port>', `port for the page (default: ${variable}, or a free port)`)
    .action(async (path: string, task: string | undefined, { webPort }: { webPort?: string }) => {
      const files = await openEventFiles(path);
      printProblems(files.problems);
      const asked = process.env[variable];
      const collector = await (webPort === undefined && asked !== undefined
        ? start(asked).catch(anyPortInstead)
        : start(webPort ?? '0'));
      for (const batch of files.batches) await collector.addBatch(batch);
      const { tasks, total } = await files.tasks({ offset: 0, limit: 1 });
      const shown = task ?? (total === 1 ? tasks[0]?.taskId : undefined);
      console.log(`Page at ${collector.url}${shown === undefined ? '' : `/tasks/${shown}`}`);
      await untilInterrupted(() => console.log('Press Ctrl-C to stop.'));
      await collector.close();
    });
}

function start(webPort: string): Promise<Collector> {
  // The setting also accepts a numeric string.
  return startCollector({
    ...{ store: ':memory:', socket: '', cert: '', key: '' },
    reportPort: 0,
    webPort: webPort as unknown as number,
  });
}

/** The variable is that of `serve`, which may be running. */
function anyPortInstead(error: unknown): Promise<Collector> {
  if (error instanceof CollectorError && error.code === 'TL_PORT_UNAVAILABLE') return start('0');
  throw error;
}
