import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { WrittenGraph } from '../events/events.js';
import type { Finding } from '../ledger/findings.js';

/** The graph of a failed test, and the file that holds it. */
export interface FailedGraph extends WrittenGraph {
  readonly file: string;
}

/** The findings of one test file, as the reporter receives them. */
export interface FileReport {
  readonly testPath: string;
  /** The root folder of the project. */
  readonly rootDir: string;
  /** The folder that Jest was started in. Paths are printed relative to it. */
  readonly cwd: string;
  readonly findings: readonly Finding[];
  /** True when the test file already had its results. */
  readonly late: boolean;
  /** The findings that fail the run, because there was no test left to fail. */
  readonly failing: readonly Finding[];
  /** The graphs of failed tests. Empty unless events are written. */
  readonly graphs: readonly FailedGraph[];
}

/** Set by the process that reports, and inherited by the processes and threads that run tests. */
const FOLDER = 'THROUGHLINE_JEST_REPORTS';

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
  readonly #folder = mkdtempSync(join(tmpdir(), 'throughline-jest-'));
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
