import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { backUpStore, readSettings, settings } from '@throughline/collector';
import { megabytes } from '../progress.js';

/** Adds `throughline backup FILE`, which copies the store of a collector, also while it runs. */
export function backup(program: Command): void {
  program
    .command('backup <file>')
    .description('Copy the store of a collector into a new file, also while the collector runs.')
    .option('--store <file>', `database file (default: ${settings.store.fallback})`)
    .action((file: string, given: { store?: string }) => {
      const { store } = readSettings(given);
      backUpStore(store, file);
      console.log(`Copied ${store} to ${file} (${megabytes(statSync(file).size)} MB).`);
    });
}
