import { relative, resolve } from 'node:path';
import type { Reporter, TestContext } from '@jest/reporters';
import { isBeingWritten, writeBaseline } from './baseline.js';
import type { Finding } from './ledger/findings.js';
import { optionsOf } from './options.js';
import { Inbox } from './report/channel.js';
import type { Report } from './report/channel.js';
import { formatReport, headline } from './report/format.js';

/** Shows what was found, after each file and what came late at the end. */
export default class ThroughlineReporter implements Pick<
  Reporter,
  'onTestResult' | 'onRunComplete' | 'getLastError'
> {
  readonly #inbox = new Inbox();
  readonly #all: Report[] = [];

  constructor() {
    // In the process that runs tests itself, some things come after the last of ours.
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
    if (!isBeingWritten()) return;
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

  /** Fails the run for what no test could be failed for. */
  getLastError(): Error | undefined {
    const failing: Finding[] = this.#all.flatMap((report) => report.failing);
    if (failing.length === 0) return undefined;
    return new Error(`Throughline: ${failing.map(headline).join('; ')}`);
  }

  #show(reports: readonly Report[]): void {
    for (const report of reports) {
      this.#all.push(report);
      const { cwd, testPath, late } = report;
      const file = relative(cwd, testPath);
      const heading = late ? `Throughline: ${file}, after its end` : `Throughline: ${file}`;
      process.stderr.write(`\n${[heading, '', ...formatReport(report)].join('\n')}`);
    }
  }
}
