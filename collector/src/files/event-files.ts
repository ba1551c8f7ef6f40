import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollectorError, errorMessage } from '../errors.js';
import { encodeBatch } from '@throughline/runtime/report';
import type { BatchBytes } from '../reports/batch.js';
import { quote } from '../graph/plain-text.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { readEventRecord } from './event-record.js';
import { readOtherFormat } from './formats.js';
import type { FileContents } from './formats.js';

/** Extension of event files in a folder. */
const EXTENSION = '.jsonl';

/** The events of one or more files, and an error for each invalid line. */
export interface EventFilesResult {
  readonly events: readonly TraceEvent[];
  readonly problems: readonly CollectorError[];
}

/**
 * Reads an event file, which has one JSON record per line, or every `.jsonl` file in a folder and its
 * subfolders. A single file may have any name.
 *
 * Throws `TL_EVENTS_UNREADABLE`. Invalid lines do not throw; they are returned as `problems`.
 */
export function readEventFiles(path: string): EventFilesResult {
  const events: TraceEvent[] = [];
  const problems: CollectorError[] = [];
  for (const file of filesAt(path)) {
    // Not `node:readline`: it also splits at U+2028 and U+2029, which JSON allows inside a label.
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      if (line.trim() === '') continue;
      try {
        events.push(readEventRecord(line));
      } catch (error) {
        problems.push(eventInvalid(file, index + 1, error));
      }
    }
  }
  return { events, problems };
}

/** The events of files as batches, and an error for each part that is not valid. */
export interface FileBatches {
  readonly batches: readonly BatchBytes[];
  readonly problems: readonly CollectorError[];
}

/**
 * Reads event files as `readEventFiles` does, or a single file in a format of another tool (`formats.ts`). Throws
 * `TL_EVENTS_UNREADABLE`.
 */
export function readBatches(path: string): FileBatches {
  const other = isFile(path) ? readOther(path) : undefined;
  if (other === undefined) {
    const { events, problems } = readEventFiles(path);
    return { batches: [encodeBatch(events)], problems };
  }
  const { batch, rejected } = other;
  return { batches: [batch], problems: rejected > 0 ? [notKept(path, rejected)] : [] };
}

function readOther(path: string): FileContents | undefined {
  try {
    return readOtherFormat(readFileSync(path));
  } catch (error) {
    throw eventsUnreadable(path, errorMessage(error), error);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function filesAt(path: string): string[] {
  const files = filesIn(path);
  if (files.length > 0) return files;
  throw eventsUnreadable(path, `it contains no ${EXTENSION} files`);
}

function filesIn(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(EXTENSION))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw eventsUnreadable(path, errorMessage(error), error);
  }
}

function eventsUnreadable(path: string, why: string, cause?: unknown): CollectorError {
  return new CollectorError(
    'TL_EVENTS_UNREADABLE',
    `Cannot read events from ${quote(path)}: ${why}. Pass an event file or a folder of ${EXTENSION} files. Jest writes them to DIR when THROUGHLINE_EVENTS=DIR is set.`,
    { cause },
  );
}

function notKept(path: string, count: number): CollectorError {
  return new CollectorError(
    'TL_EVENT_INVALID',
    `${count} of the spans, records or reports of ${quote(path)} have no valid ids. They were left out.`,
  );
}

function eventInvalid(file: string, line: number, cause: unknown): CollectorError {
  return new CollectorError(
    'TL_EVENT_INVALID',
    `${file}:${line} is not a valid event: ${errorMessage(cause)}. Line skipped. For the format, see the output of "throughline show --json".`,
    { cause },
  );
}
