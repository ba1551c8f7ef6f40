import type { Command } from 'commander';
import { stopCollector } from '../run/own-collector.js';

/** Adds `throughline stop`, which ends the collector that `run` has started. */
export function stop(program: Command): void {
  program
    .command('stop')
    .description('Stop the collector that "run" or "serve" has started on this machine.')
    .action(async () => {
      const url = await stopCollector();
      console.log(url === undefined ? 'No collector runs.' : `Stopped the collector at ${url}`);
    });
}
