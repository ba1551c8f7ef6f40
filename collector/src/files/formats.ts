import { encodeBatch } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';
import { countReports } from '../reports/batch.js';
import type { BatchBytes } from '../reports/batch.js';
import { withoutNull } from '../otlp/json.js';
import { logsToReports, tracesToReports } from '../otlp/to-reports.js';
import type { Converted } from '../otlp/to-reports.js';
import { isZipkin, zipkinToTraces } from '../otlp/zipkin.js';
import { isOriginal, originalToReports } from './original-json.js';

/** What a file of another tool has: its events as a batch, and what of it cannot be kept. */
export interface FileContents {
  readonly batch: BatchBytes;
  /** Number of spans or records that have no valid ids. */
  readonly rejected: number;
}

/** Formats of JSON documents. */
const DOCUMENTS: readonly {
  readonly is: (value: unknown) => boolean;
  readonly convert: (value: never) => Converted;
}[] = [
  { is: (value) => has(value, 'resourceSpans'), convert: tracesToReports },
  { is: (value) => has(value, 'resourceLogs'), convert: logsToReports },
  { is: isZipkin, convert: (spans: unknown[]) => tracesToReports(zipkinToTraces(spans)) },
  { is: isOriginal, convert: originalToReports },
];

/**
 * Reads a file of another tool: traces and logs of OpenTelemetry (OTLP in JSON, one document or one a line), spans of Zipkin, and reports of the
 * original X-Trace server, as its report files have them or as its JSON. Returns nothing if it is none of these. Throws an `Error`
 * if a document has another shape inside.
 */
export function readOtherFormat(bytes: Uint8Array): FileContents | undefined {
  if (isReports(bytes)) return { batch: bytes, rejected: 0 };
  const documents = documentsIn(Buffer.from(bytes).toString());
  if (documents === undefined) return undefined;
  const reports: Report[] = [];
  let rejected = 0;
  // Spans of Zipkin say something about those of other lists.
  const spans = documents.filter(isZipkin).flat();
  const others = documents.filter((one) => !isZipkin(one));
  for (const document of spans.length > 0 ? [...others, spans] : others) {
    const formats = DOCUMENTS.filter(({ is }) => is(document));
    if (formats.length === 0) return undefined;
    for (const { convert } of formats) {
      const converted = convert(document as never);
      for (const report of converted.reports) reports.push(report);
      rejected += converted.rejected;
    }
  }
  return { batch: encodeBatch(reports), rejected };
}

/** Returns the JSON documents of a text: one, or one a line. Nothing if it is not JSON. */
function documentsIn(text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text, withoutNull)];
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.length > 1
        ? lines.map((line): unknown => JSON.parse(line, withoutNull))
        : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A report begins with the id of its task, which is field 1 and has 8 bytes (X-Trace, `xtrace.proto`). */
const TASK_ID_TAG = 0x09;

function isReports(bytes: Uint8Array): boolean {
  const first = bytes.findIndex((byte) => byte < 128) + 1;
  if (first === 0 || bytes[first] !== TASK_ID_TAG) return false;
  const { count, isWhole } = countReports(bytes);
  return isWhole && count > 0;
}

function has(value: unknown, name: string): boolean {
  return Object.hasOwn(Object(value), name);
}
