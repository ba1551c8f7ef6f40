import type { Command } from 'commander';
import { startCollector } from '../collector.js';
import { settings } from '../settings.js';
import { eventsIn } from './event-source.js';
import { interrupted } from './serve.js';

/** `throughline open PATH [TASK]`: shows files of events on a page of their own. */
export function open(program: Command): void {
  program
    .command('open <path> [task]')
    .description('Show a file or folder of events on the page, until it is interrupted.')
    .option('--web-port <port>', 'port for the page; a free one without it')
    .action(async (path: string, task: string | undefined, { webPort }: { webPort?: string }) => {
      const events = eventsIn(path);
      const collector = await startCollector({
        ...{ host: settings.host.fallback, store: ':memory:', reportPort: 0 },
        // The setting reads a text as well.
        webPort: (webPort ?? 0) as number,
      });
      await collector.take(events);
      const tasks = new Set(events.map(({ taskId }) => taskId));
      const shown = task ?? (tasks.size === 1 ? [...tasks][0] : undefined);
      console.log(`Page at ${collector.url}${shown === undefined ? '' : `/tasks/${shown}`}`);
      console.log('Press Ctrl-C to stop.');
      await interrupted();
      await collector.close();
    });
}
