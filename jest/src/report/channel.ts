import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { WrittenGraph } from '../events/events.js';
import type { Finding } from '../ledger/findings.js';

/** The graph of a test that has failed, and where it was written. */
export interface FailedGraph extends WrittenGraph {
  readonly file: string;
}

/** What was found in a test file. */
export interface Report {
  readonly testPath: string;
  /** Of the project. */
  readonly rootDir: string;
  /** From where files are named. */
  readonly cwd: string;
  readonly findings: readonly Finding[];
  /** Whether it came when the file already had its results. */
  readonly late: boolean;
  /** Those that are to fail the run, for no test could be failed any more. */
  readonly failing: readonly Finding[];
  /** Of the tests that have failed, where events are written. */
  readonly graphs: readonly FailedGraph[];
}

/** Tests run in processes and threads of their own, which have this variable from the one that reports. */
const FOLDER = 'THROUGHLINE_JEST_REPORTS';

/**
 * Hands a report on: to the reporter, or when there is none (a configuration that names its own), to
 * `otherwise`. What was sent is there, whatever ends the process next.
 */
export function send(report: Report, otherwise: (report: Report) => void): void {
  const folder = process.env[FOLDER];
  if (folder === undefined) return otherwise(report);
  try {
    appendFileSync(join(folder, `${process.pid}-${threadId}.jsonl`), `${JSON.stringify(report)}\n`);
  } catch {
    otherwise(report);
  }
}

/** The other end of `send`. Opened before the processes that run tests are started. */
export class Inbox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'throughline-jest-'));
  readonly #read = new Map<string, number>();

  constructor() {
    process.env[FOLDER] = this.#folder;
  }

  /** The reports that came since the last time. */
  take(): Report[] {
    return readdirSync(this.#folder)
      .sort()
      .flatMap((name) => {
        const lines = readFileSync(join(this.#folder, name), 'utf8').split('\n').slice(0, -1);
        const from = this.#read.get(name) ?? 0;
        this.#read.set(name, lines.length);
        return lines.slice(from).map((line) => JSON.parse(line) as Report);
      });
  }

  /** Whoever sends now is on their own. */
  stopListening(): void {
    if (process.env[FOLDER] === this.#folder) delete process.env[FOLDER];
  }

  close(): Report[] {
    this.stopListening();
    const rest = this.take();
    rmSync(this.#folder, { recursive: true, force: true });
    return rest;
  }
}
