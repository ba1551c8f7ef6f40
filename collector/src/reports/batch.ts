/** A batch of reports: each after its length as a varint, as X-Trace's report files have them. */
export type BatchBytes = Uint8Array;

/**
 * Calls `visit` with where each report of a batch is. Stops, and throws an `Error`, where the batch cannot be read any further:
 * after a wrong length, nothing can be trusted.
 */
export function eachReport(batch: BatchBytes, visit: (start: number, end: number) => void): void {
  for (let at = 0; at < batch.length;) {
    let length = 0;
    let shift = 0;
    for (;;) {
      if (at >= batch.length || shift > 28)
        throw new Error('a batch ends in the middle of a length');
      const byte = batch[at++]!;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
      shift += 7;
    }
    if (length > batch.length - at) throw new Error('a report is longer than its batch');
    visit(at, at + length);
    at += length;
  }
}

/** Returns how many reports can be read from a batch, and true if it ends as it should. */
export function countReports(batch: BatchBytes): { count: number; isWhole: boolean } {
  let count = 0;
  try {
    eachReport(batch, () => count++);
    return { count, isWhole: true };
  } catch {
    return { count, isWhole: false };
  }
}

/** Returns how many reports a batch counts as: what cannot be read at its end is one. */
export function reportsOf(batch: BatchBytes): number {
  const { count, isWhole } = countReports(batch);
  return isWhole ? count : count + 1;
}

/** Makes one batch of reports that came one by one. */
export function batchOf(reports: readonly Uint8Array[]): BatchBytes {
  let size = 0;
  for (const { length } of reports) size += lengthBytes(length) + length;
  const batch = new Uint8Array(size);
  let at = 0;
  for (const report of reports) {
    let { length } = report;
    for (; length > 127; length >>>= 7) batch[at++] = (length & 127) | 128;
    batch[at++] = length;
    batch.set(report, at);
    at += report.length;
  }
  return batch;
}

function lengthBytes(length: number): number {
  let bytes = 1;
  for (let left = length >>> 7; left > 0; left >>>= 7) bytes++;
  return bytes;
}

/** Cuts a batch into batches of at most `maxBytes`, or of one report. Throws an `Error` if it cannot be read. */
export function cutBatch(batch: BatchBytes, maxBytes: number): BatchBytes[] {
  const parts: BatchBytes[] = [];
  let [from, to] = [0, 0];
  eachReport(batch, (_, end) => {
    if (end - from > maxBytes && to > from) {
      parts.push(batch.subarray(from, to));
      from = to;
    }
    to = end;
  });
  if (to > from) parts.push(batch.subarray(from, to));
  return parts;
}
