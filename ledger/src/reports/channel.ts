import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { FileReport } from '../report.js';

/** Set by the process that reports, and inherited by the processes and threads that run tests. */
const FOLDER = 'THROUGHLINE_REPORTS';

/**
 * Sends a report to the reporter. Calls `otherwise` when there is none, because the configuration sets its own
 * `reporters`. The report is on disk when this returns, so a crash does not lose it.
 */
export function send(report: FileReport, otherwise: (report: FileReport) => void): void {
  const folder = process.env[FOLDER];
  if (folder === undefined) return otherwise(report);
  try {
    appendFileSync(join(folder, `${process.pid}-${threadId}.jsonl`), `${JSON.stringify(report)}\n`);
  } catch {
    otherwise(report);
  }
}

/** The receiving end of `send`. Create it before the processes that run tests start. */
export class Inbox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'throughline-reports-'));
  readonly #read = new Map<string, number>();

  constructor() {
    process.env[FOLDER] = this.#folder;
  }

  /** Returns the reports that arrived since the last call. */
  take(): FileReport[] {
    return readdirSync(this.#folder)
      .sort()
      .flatMap((name) => {
        const lines = readFileSync(join(this.#folder, name), 'utf8').split('\n').slice(0, -1);
        const from = this.#read.get(name) ?? 0;
        this.#read.set(name, lines.length);
        return lines.slice(from).map((line) => JSON.parse(line) as FileReport);
      });
  }

  /** Makes later calls to `send` use `otherwise`. */
  stopListening(): void {
    if (process.env[FOLDER] === this.#folder) delete process.env[FOLDER];
  }

  close(): FileReport[] {
    this.stopListening();
    const rest = this.take();
    rmSync(this.#folder, { recursive: true, force: true });
    return rest;
  }
}
