import { relative, resolve } from 'node:path';
import type { Reporter, TestContext } from '@jest/reporters';
import { isUpdatingBaseline, writeBaseline } from './baseline.js';
import type { Finding } from './ledger/findings.js';
import { optionsOf } from './options.js';
import { Inbox } from './report/channel.js';
import type { FileReport } from './report/channel.js';
import { formatReport, headline } from './report/format.js';

/** Prints the findings of each test file when it finishes, and late findings at the end of the run. */
export default class ThroughlineReporter implements Pick<
  Reporter,
  'onTestResult' | 'onRunComplete' | 'getLastError'
> {
  readonly #inbox = new Inbox();
  readonly #all: FileReport[] = [];

  constructor() {
    // When tests run in this process, some findings arrive after Jest's last call.
    process.once('exit', () => {
      this.#show(this.#inbox.close());
      if (this.getLastError()) process.exitCode = 1;
    });
  }

  onTestResult(): void {
    this.#show(this.#inbox.take());
  }

  onRunComplete(contexts: Set<TestContext>): void {
    this.#show(this.#inbox.take());
    if (!isUpdatingBaseline()) return;
    for (const { config } of contexts) {
      const { baseline } = optionsOf(config);
      if (baseline === undefined) continue;
      const own = this.#all.filter(({ rootDir }) => rootDir === config.rootDir);
      writeBaseline(
        resolve(config.rootDir, baseline),
        own.flatMap(({ findings }) => findings),
      );
    }
  }

  /** Returns an error, which fails the run, for findings that could not fail a test. */
  getLastError(): Error | undefined {
    const failing: Finding[] = this.#all.flatMap((report) => report.failing);
    if (failing.length === 0) return undefined;
    return new Error(`Throughline: ${failing.map(headline).join('; ')}`);
  }

  #show(reports: readonly FileReport[]): void {
    for (const report of reports) {
      this.#all.push(report);
      const { cwd, testPath, late } = report;
      const file = relative(cwd, testPath);
      const heading = late
        ? `Throughline: ${file} (after the file finished)`
        : `Throughline: ${file}`;
      process.stderr.write(`\n${[heading, '', ...formatReport(report)].join('\n')}`);
    }
  }
}
