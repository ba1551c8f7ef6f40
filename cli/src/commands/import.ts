import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { encodeSome, openEventFiles } from '@throughline/collector';
import { COLLECTOR_HELP, CollectorClient } from '../sources/collector-client.js';
import { collectorUrl } from '../sources/collector-url.js';
import { printProblems } from '../sources/event-source.js';

/** Where each signal of OpenTelemetry goes. */
const SIGNALS = { resourceSpans: '/v1/traces', resourceLogs: '/v1/logs' } as const;
/** How many bytes are sent at once. */
const BATCH_BYTES = 4_000_000;

/** Adds `throughline import FILE…`, which sends what files contain to a collector. */
export function importCommand(program: Command): void {
  program
    .command('import <files...>')
    .description(
      'Send events of files to a collector: event files and folders of them (JSON lines), and traces and logs of OpenTelemetry (OTLP in JSON).',
    )
    .option('--collector <url>', COLLECTOR_HELP)
    .action(async (files: string[], { collector }: { collector?: string }) => {
      const client = new CollectorClient(collector ?? collectorUrl());
      for (const file of files) {
        const signals = signalsIn(file);
        if (signals.length === 0) await sendEvents(client, file);
        else {
          for (const text of signals) await sendSignal(client, text);
          console.log(`Sent ${file} as OpenTelemetry's data.`);
        }
      }
    });
}

/** Returns the documents of OTLP in a file: one, or one a line. None if it is of another kind. */
function signalsIn(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // A folder has event files, and what cannot be read is told by who reads those.
    return [];
  }
  if (isSignal(text)) return [text];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every(isSignal) ? lines : [];
}

function isSignal(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Object.keys(SIGNALS).some((name) => Object.hasOwn(Object(value), name));
  } catch {
    return false;
  }
}

async function sendSignal(client: CollectorClient, text: string): Promise<void> {
  const document = JSON.parse(text) as object;
  for (const [name, path] of Object.entries(SIGNALS)) {
    if (!Object.hasOwn(document, name)) continue;
    const { partialSuccess } = await client.send<{ partialSuccess?: object }>(
      path,
      'application/json',
      text,
    );
    const [rejected] = Object.values(partialSuccess ?? {});
    if (rejected) console.error(`throughline: ${rejected} of ${path} were rejected.`);
  }
}

async function sendEvents(client: CollectorClient, path: string): Promise<void> {
  const { events, problems } = await openEventFiles(path);
  printProblems(problems);
  let notStored = 0;
  for (let sent = 0; sent < events.length;) {
    const { bytes, count } = encodeSome(events.slice(sent), BATCH_BYTES);
    const { conflicts, refused } = await client.send<{ conflicts: number; refused: number }>(
      '/api/reports',
      'application/octet-stream',
      bytes,
    );
    notStored += conflicts + refused;
    sent += count;
  }
  console.log(`Sent ${events.length} events of ${path}.`);
  if (notStored === 0) return;
  console.error(
    `throughline: ${notStored} of them were not stored, because other events have their ids.`,
  );
  process.exitCode = 1;
}
