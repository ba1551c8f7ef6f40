import type { Command } from 'commander';
import { startCollector } from '../collector.js';
import { settings } from '../settings.js';

/** `throughline serve`: runs a collector until it is interrupted. */
export function serve(program: Command): void {
  const { host, reportPort, webPort, store } = settings;
  program
    .command('serve')
    .description('Run a collector: take in reports, keep them, show them on a page.')
    .option('--host <address>', `address to listen on (${host.fallback})`)
    .option('--report-port <port>', `port for reports (${reportPort.fallback}); 0 takes a free one`)
    .option('--web-port <port>', `port for the page (${webPort.fallback}); 0 takes a free one`)
    .option('--store <file>', `file of the embedded store (${store.fallback}), or :memory:`)
    .action(async (options: Record<string, string>) => {
      const collector = await startCollector(options);
      console.log(`Reports to ${collector.reportAddress}`);
      console.log(`Page at    ${collector.url}`);
      console.log('Press Ctrl-C to stop.');
      await interrupted();
      await collector.close();
    });
}

/** Resolves at the first Ctrl-C or termination; a second one ends the process at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
