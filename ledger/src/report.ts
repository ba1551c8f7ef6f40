import type { Finding } from './findings.js';

/** The findings of one test file, as a runner's reporter receives them. */
export interface FileReport {
  readonly testPath: string;
  /** The root folder of the project. */
  readonly rootDir: string;
  /** The folder that the runner was started in. Paths are printed relative to it. */
  readonly cwd: string;
  readonly findings: readonly Finding[];
  /** For each finding, whether the policy makes it fail its test or the run. */
  readonly isFailing: readonly boolean[];
  /** True when the test file already had its results. */
  readonly late: boolean;
  /** The findings that fail the run, because there was no test left to fail. */
  readonly failing: readonly Finding[];
  /** The graphs of failed tests. Empty unless events are written. */
  readonly graphs: readonly FailedGraph[];
  /** The number of causes that are printed. */
  readonly maxPrinted: number;
}

/** The graph of a test in a file of events. */
export interface WrittenGraph {
  readonly test: string;
  readonly taskId: string;
}

/** The graph of a failed test, and the file that holds it. */
export interface FailedGraph extends WrittenGraph {
  readonly file: string;
}
