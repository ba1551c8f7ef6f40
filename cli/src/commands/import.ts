import type { Command } from 'commander';
import { countReports, cutBatch, openEventFiles } from '@throughline/collector';
import { Progress } from '../progress.js';
import { COLLECTOR_HELP, CollectorClient } from '../sources/collector-client.js';
import { collectorUrl } from '../sources/collector-url.js';
import { printProblems } from '../sources/event-source.js';

/** How many bytes are sent at once. */
const BATCH_BYTES = 4_000_000;

/** Adds `throughline import FILE…`, which sends what files contain to a collector. */
export function importCommand(program: Command): void {
  program
    .command('import <files...>')
    .description(
      'Send events of files to a collector: event files and folders of them (JSON lines), traces and logs of OpenTelemetry (OTLP in JSON), spans of Zipkin (JSON, version 2), and reports of the original X-Trace server.',
    )
    .option('--collector <url>', COLLECTOR_HELP)
    .action(async (files: string[], { collector }: { collector?: string }) => {
      const client = new CollectorClient(collector ?? collectorUrl());
      for (const file of files) await sendFile(client, file);
    });
}

async function sendFile(client: CollectorClient, path: string): Promise<void> {
  const { batches, problems } = await openEventFiles(path);
  printProblems(problems);
  let [sent, notStored] = [0, 0];
  const progress = new Progress(`Sending ${path}`, sizeOf(batches));
  for (const part of batches.flatMap((batch) => cutBatch(batch, BATCH_BYTES))) {
    const { conflicts, refused } = await client.send<{ conflicts: number; refused: number }>(
      '/api/reports',
      'application/octet-stream',
      part,
    );
    notStored += conflicts + refused;
    sent += countReports(part).count;
    progress.add(part.length);
  }
  progress.end();
  console.log(`Sent ${sent} events of ${path}.`);
  if (notStored === 0) return;
  console.error(
    `throughline: ${notStored} of them were not stored, because other events have their ids.`,
  );
  process.exitCode = 1;
}

function sizeOf(batches: readonly Uint8Array[]): number {
  return batches.reduce((sum, { length }) => sum + length, 0);
}
