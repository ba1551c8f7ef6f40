import type { Command } from 'commander';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';

/** Adds `throughline mcp`, which answers a coding agent over the Model Context Protocol. */
export function mcp(program: Command): void {
  program
    .command('mcp')
    .description('Answer a coding agent over stdin and stdout (Model Context Protocol).')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .action(async (options: SourceOptions) => {
      // Loaded on demand, because no other command needs the protocol.
      const { serveAgent } = await import('../mcp/server.js');
      await serveAgent(await openEventSource(options));
    });
}
