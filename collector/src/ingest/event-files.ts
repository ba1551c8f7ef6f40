import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollectorError, sentence } from '../errors.js';
import { quoted } from '../graph/plain-text.js';
import type { TraceEvent } from '../store/store.js';
import { readEventRecord } from './event-record.js';

/** How files of events are named. */
const EXTENSION = '.jsonl';

/** What was read from files, and the lines that could not be. */
export interface EventsRead {
  readonly events: readonly TraceEvent[];
  readonly problems: readonly CollectorError[];
}

/** Reads a file of events, one JSON record a line, or every `.jsonl` file of a folder. */
export function readEventFiles(path: string): EventsRead {
  const events: TraceEvent[] = [];
  const problems: CollectorError[] = [];
  for (const file of filesAt(path)) {
    // Not by a reader of lines: to those a label may hold what ends one.
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

function filesAt(path: string): string[] {
  const files = listed(path);
  if (files.length > 0) return files;
  throw unreadable(path, `it has no file that ends with "${EXTENSION}"`);
}

function listed(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(EXTENSION))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, sentence(error), error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): CollectorError {
  return new CollectorError(
    'EVENTS_UNREADABLE',
    `No events can be read from ${quoted(path)}: ${why}. Name a file of events or a folder of them; Jest writes one with THROUGHLINE_EVENTS=DIR.`,
    { cause },
  );
}

function eventInvalid(file: string, line: number, cause: unknown): CollectorError {
  return new CollectorError(
    'EVENT_INVALID',
    `${file}:${line} is no event: ${sentence(cause)}. The line is left out; "throughline show --json" prints what one looks like.`,
    { cause },
  );
}
