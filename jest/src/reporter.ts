import type { AggregatedResult } from '@jest/test-result';
import type { Reporter, TestContext } from '@jest/reporters';
import { RunReport } from '@throughline/ledger/node';
import { optionsOf } from './options.js';

/** The report of the latest run. In watch mode, Jest makes a reporter for each run. */
let latest: RunReport | undefined;

/** Prints the findings of each test file when it finishes, and a summary at the end of the run. */
export default class ThroughlineReporter implements Pick<
  Reporter,
  'onTestResult' | 'onRunComplete' | 'getLastError'
> {
  readonly #report = new RunReport();

  constructor() {
    if (latest === undefined) process.once('exit', reportLate);
    else latest.close();
    latest = this.#report;
  }

  onTestResult(): void {
    this.#report.printNew();
  }

  onRunComplete(contexts: Set<TestContext>, results: AggregatedResult): void {
    this.#report.finish(
      [...contexts].map(({ config }) => ({ rootDir: config.rootDir, ...optionsOf(config) })),
    );
    const findings = this.#report.findings();
    // Jest writes the results to the file of `--json --outputFile` after this.
    if (findings.length > 0) Object.assign(results, { throughline: findings });
  }

  /** Returns an error, which fails the run, for findings that could not fail a test. */
  getLastError(): Error | undefined {
    return this.#report.error();
  }
}

/** Prints what arrives after Jest's last call, where tests run in this process. */
function reportLate(): void {
  latest?.close();
  if (latest?.error()) process.exitCode = 1;
}
