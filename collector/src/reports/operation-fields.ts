import type { ReportView } from './report-view.js';

const decoder = new TextDecoder('latin1');

/** What the fields of a report say of its operation. One object is used for many reports. */
export class OperationFields {
  /** True if it has the field `error.type`. */
  isError = false;
  /** True if it begins its operation, or ends it. */
  begins = false;
  ends = false;
  /** The id of its operation, as it is written; nothing if it has none. */
  operation = '';

  read(view: ReportView): void {
    this.isError = this.begins = this.ends = false;
    this.operation = '';
    for (let i = 0; i < view.pairCount * 2; i += 2) {
      const length = view.keys[i + 1]! - view.keys[i]!;
      if (length !== 5 && length !== 9 && length !== 10) continue;
      const key = decoder.decode(view.bytes.subarray(view.keys[i], view.keys[i + 1]));
      if (key === 'error.type') this.isError = true;
      else if (key === 'phase') this.readPhase(valueIn(view, i));
      else if (key === 'operation') this.operation = valueIn(view, i);
    }
  }

  private readPhase(phase: string): void {
    this.begins = phase === 'begin';
    this.ends = phase === 'end';
  }
}

function valueIn(view: ReportView, i: number): string {
  return decoder.decode(view.bytes.subarray(view.values[i], view.values[i + 1]));
}
