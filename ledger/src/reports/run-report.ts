import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Finding } from '../findings.js';
import type { FileReport } from '../report.js';
import { headline } from '../sentences.js';
import { annotationsOf } from './annotations.js';
import { isUpdatingBaseline, writeBaseline } from './baseline.js';
import { Inbox } from './channel.js';
import { formatReport } from './format.js';
import { junitOf } from './junit.js';
import { summaryOf } from './summary.js';

/** The files that a project's options ask for at the end of a run, relative to its root folder. */
export interface ReportFiles {
  readonly rootDir: string;
  readonly baseline: string | undefined;
  readonly junit: string | undefined;
}

/** The findings of one run of a test runner, in the process that reports. */
export class RunReport {
  readonly #inbox = new Inbox();
  readonly #all: FileReport[] = [];

  /** Prints what has arrived since the last call. */
  printNew(): void {
    this.#print(this.#inbox.take());
  }

  /** Prints one report that did not come through the channel. */
  print(report: FileReport): void {
    this.#print([report]);
  }

  /** Prints the rest and the summary, and writes the files that the projects' options ask for. */
  finish(projects: readonly ReportFiles[]): void {
    this.printNew();
    this.#printSummary();
    for (const { rootDir, baseline, junit } of projects) {
      const own = this.#all.filter((report) => report.rootDir === rootDir);
      if (baseline !== undefined && isUpdatingBaseline()) {
        writeBaseline(
          resolve(rootDir, baseline),
          own.flatMap(({ findings }) => findings),
        );
      }
      if (junit === undefined) continue;
      const file = resolve(rootDir, junit);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, junitOf(own));
    }
  }

  /** Stops listening, and prints what came after the end of the run. */
  close(): void {
    const late = this.#inbox.close();
    this.#print(late);
    if (late.length > 0) this.#printSummary();
  }

  /** All findings, with their test file, as plain data for a runner's own results. */
  findings(): (Finding & { readonly testPath: string })[] {
    return this.#all.flatMap(({ testPath, findings }) =>
      findings.map((finding) => ({ testPath, ...finding })),
    );
  }

  /** Returns an error, which fails the run, for findings that could not fail a test. */
  error(): Error | undefined {
    const failing = this.#all.flatMap((report) => report.failing);
    if (failing.length === 0) return undefined;
    return new Error(`Throughline: ${failing.map(headline).join('; ')}`);
  }

  #printSummary(): void {
    const summary = summaryOf(this.#all);
    if (summary !== undefined) process.stderr.write(`\n${summary}\n`);
  }

  #print(reports: readonly FileReport[]): void {
    for (const report of reports) {
      this.#all.push(report);
      const { cwd, testPath, late, maxPrinted } = report;
      const file = relative(cwd, testPath);
      const after = late ? ' (after the file finished)' : '';
      const lines = [`Throughline: ${file}${after}`, '', ...formatReport(report, maxPrinted)];
      process.stderr.write(`\n${lines.join('\n')}`);
      if (process.env['GITHUB_ACTIONS'] !== 'true') continue;
      for (const line of annotationsOf(report)) process.stdout.write(`${line}\n`);
    }
  }
}
