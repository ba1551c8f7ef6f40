import type { Events } from '../events/events.js';
import type { Finding, FindingKind, Found } from '../findings.js';
import type { Ledger } from '../ledger.js';
import type { Owner } from '../owner.js';
import type { Policy } from '../policy/policy.js';
import type { FailedGraph, FileReport } from '../report.js';
import { headline } from '../sentences.js';

/** The kinds that end a process by themselves. They fail the run when there is no test left to fail. */
const crashes: ReadonlySet<FindingKind> = new Set(['rejection', 'exception']);

/** What a file's tests did, without the paths that only the runner knows. */
export type Findings = Omit<FileReport, 'testPath' | 'rootDir' | 'cwd'>;

/** The results of a runner's tests. */
export interface Results {
  /** Returns the errors of the test that an owner belongs to, or undefined when it belongs to none. */
  errorsOf(owner: Owner): readonly unknown[] | undefined;
  /** Adds an error to the test that an owner belongs to, which fails it. */
  fail(owner: Owner, error: Error): void;
  /** Sends what was found to where it is printed. */
  send(findings: Findings): void;
}

/** The inputs for reporting the findings of a test file. */
export interface OutcomeSource {
  readonly ledger: Ledger;
  readonly events: Events;
  readonly policy: Policy;
  readonly results: Results;
  /** The folder that the runner was started in. */
  readonly cwd: string;
  /** The path of the file with the tests' events, if they are written. */
  readonly eventPath: string | undefined;
}

/** Fails tests for their findings, and sends the findings to the reporter. */
export class Outcome {
  #hasResults = false;

  constructor(private readonly from: OutcomeSource) {}

  /** Reports at the last moment at which a test can still be failed. */
  settle(): void {
    this.#report({ late: false });
    this.#hasResults = true;
  }

  /** Reports what happened after that, for which no test can be failed. */
  reportLate(): void {
    if (this.#hasResults) this.#report({ late: true });
  }

  #report({ late }: { late: boolean }): void {
    const { ledger, policy, results } = this.from;
    const reported = ledger.take().filter(({ finding }) => policy.isReported(finding));
    const isFailing = ({ finding }: Found): boolean =>
      policy.isFailing(finding) || (late && crashes.has(finding.kind));
    const failing = reported.filter(isFailing);
    const unfailed = failing.filter((one) => late || !this.#fail(one));
    // Last, because only now every failing test has its errors.
    const graphs = late ? [] : this.#graphs();
    if (reported.length === 0 && graphs.length === 0) return;
    const findings = plain(reported);
    results.send({
      findings,
      isFailing: reported.map(isFailing),
      failing: plain(unfailed),
      graphs,
      late,
      maxPrinted: policy.maxPrinted,
    });
  }

  /** Returns the graphs of the failed tests, with the file that holds them. */
  #graphs(): FailedGraph[] {
    const { events, results, eventPath: file } = this.from;
    const failed = events.finish((test) => results.errorsOf(test) ?? []);
    return file === undefined ? [] : failed.map((graph) => ({ ...graph, file }));
  }

  /** Fails the test that a finding belongs to. Returns false when there is none. */
  #fail({ finding, owner }: Found): boolean {
    const { results, cwd } = this.from;
    const errors = results.errorsOf(owner);
    if (errors === undefined) return false;
    // The runner has already failed the test for it.
    const { kind, position } = finding;
    if (errors.length > 0 && crashes.has(kind)) return true;
    const message = `Throughline: ${headline(finding)}`;
    const error = new Error(message);
    const at =
      position && `\n    at ${cwd}/${position.file}:${position.line}:${position.column + 1}`;
    error.stack = `${message}${at ?? ''}`;
    results.fail(owner, error);
    return true;
  }
}

function plain(found: readonly Found[]): Finding[] {
  return found.map(({ finding }) => finding);
}
