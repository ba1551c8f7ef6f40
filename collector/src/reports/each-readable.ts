import { eachReport } from './batch.js';
import type { BatchBytes } from './batch.js';
import type { ReportView } from './report-view.js';

/** What could not be read of a batch: how many reports, and why the last one. */
export interface Unreadable {
  readonly refused: number;
  readonly problem?: string;
}

/** Calls `visit` for each report of a batch that can be read, when `view` has read it, and counts the others. */
export function eachReadable(
  batch: BatchBytes,
  view: ReportView,
  visit: (start: number, end: number) => void,
): Unreadable {
  let refused = 0;
  let problem: string | undefined;
  const refuse = (error: unknown): void => {
    refused++;
    problem = (error as Error).message;
  };
  try {
    eachReport(batch, (start, end) => {
      try {
        view.read(batch, start, end);
      } catch (error) {
        return refuse(error);
      }
      visit(start, end);
    });
  } catch (error) {
    // What follows cannot be told apart: it counts as one.
    refuse(error);
  }
  return problem === undefined ? { refused } : { refused, problem };
}
