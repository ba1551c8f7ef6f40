import type { Events } from '../events/events.js';
import type { Found, Ledger } from '../ledger/index.js';
import type { Policy } from '../policy.js';
import { send } from '../report/channel.js';
import type { FailedGraph } from '../report/channel.js';
import { formatReport, headline } from '../report/format.js';
import type { CircusOwners } from './circus-owners.js';

/** The inputs for reporting the findings of a test file. */
export interface OutcomeSource {
  readonly ledger: Ledger;
  readonly owners: CircusOwners;
  readonly events: Events;
  readonly policy: Policy;
  readonly testPath: string;
  /** The root folder of the project. */
  readonly rootDir: string;
  /** The folder that Jest was started in. */
  readonly cwd: string;
  /** The file for the tests' events, if they are written. */
  readonly eventFile: string | undefined;
}

/** Fails tests for their findings, and sends the findings to the reporter. */
export class Outcome {
  #hasResults = false;

  constructor(private readonly from: OutcomeSource) {}

  /** Reports at the last moment at which a test can still be failed. */
  settle(): void {
    this.#report(this.from.ledger.take(), { late: false });
    this.#hasResults = true;
  }

  /** Reports what happened after that, for which no test can be failed. */
  reportLate(): void {
    if (this.#hasResults) this.#report(this.from.ledger.take(), { late: true });
  }

  #report(found: readonly Found[], { late }: { late: boolean }): void {
    const { policy, testPath, rootDir, cwd } = this.from;
    const reported = found.filter(({ finding }) => policy.isReported(finding));
    const failing = reported.filter(({ finding }) => policy.isFailing(finding));
    const unfailed = failing.filter((one) => late || !this.#fail(one));
    // Last, because only now every failing test has its errors.
    const graphs = late ? [] : this.#graphs();
    if (reported.length === 0 && graphs.length === 0) return;
    const findings = reported.map(({ finding }) => finding);
    const said = { findings, failing: unfailed.map(({ finding }) => finding), graphs };
    send({ testPath, rootDir, cwd, late, ...said }, (report) => {
      process.stderr.write(`\n${formatReport(report).join('\n')}`);
      if (report.failing.length > 0) process.exitCode = 1;
    });
  }

  /** Returns the graphs of the failed tests, with the file that holds them. */
  #graphs(): FailedGraph[] {
    const { events, owners, eventFile: file } = this.from;
    const failed = events.finish((test) => owners.testOf(test)?.errors ?? []);
    return file === undefined ? [] : failed.map((graph) => ({ ...graph, file }));
  }

  /** Fails the test that a finding belongs to. Returns false when there is none. */
  #fail({ finding, owner }: Found): boolean {
    const test = this.from.owners.testOf(owner);
    if (test === undefined) return false;
    const failed =
      test.errors.length > 0 && (finding.kind === 'rejection' || finding.kind === 'exception');
    // Jest has already failed the test for it.
    if (failed) return true;
    const { position } = finding;
    const message = `Throughline: ${headline(finding)}`;
    const error = new Error(message);
    const at =
      position &&
      `\n    at ${this.from.cwd}/${position.file}:${position.line}:${position.column + 1}`;
    error.stack = `${message}${at ?? ''}`;
    test.errors.push(error);
    return true;
  }
}
