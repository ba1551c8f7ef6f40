import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { eventsUnwritable } from '../errors.js';
import type { TestEvent } from '../events/event.js';
import type { EventSink } from '../events/events.js';

/** Overrides the option `events` for one run. An empty value turns events off. */
const VARIABLE = 'THROUGHLINE_EVENTS';

/** The number of events to buffer within a test before they are written. */
const MOST_WAITING = 1000;

/** The project that a test file belongs to. */
interface Project {
  /** The folder that the runner was started in. */
  readonly cwd: string;
  readonly rootDir: string;
  readonly name?: string | undefined;
}

/**
 * Returns the path for the events of a test file, `FOLDER/PROJECT/PATH.jsonl`, or undefined when events are not
 * written. `PROJECT` is the project's name, if it has one: two projects may run one test file.
 */
export function eventFileOf(
  project: Project,
  testPath: string,
  option: string | undefined,
): string | undefined {
  const { cwd, rootDir } = project;
  const variable = process.env[VARIABLE];
  const folder = variable === undefined ? option && resolve(rootDir, option) : variable;
  if (!folder) return undefined;
  const name = project.name?.replace(/[^\w.-]+/g, '-') ?? '';
  return join(resolve(cwd, folder), name, `${pathIn([cwd, rootDir], testPath)}.jsonl`);
}

/** Returns a path relative to the first of several folders that contains it. */
function pathIn(folders: readonly string[], file: string): string {
  const paths = folders.map((folder) => relative(folder, file));
  const path = paths.find((one) => !one.startsWith('..') && !isAbsolute(one)) ?? paths[0]!;
  return path
    .split(sep)
    .map((step) => (step === '..' ? '_' : step))
    .join(sep);
}

/**
 * Writes the events of one test file, one JSON record per line. Writes after each test, so that a crash keeps
 * the events of earlier tests.
 */
export class EventFile implements EventSink {
  #waiting: TestEvent[] = [];
  #isClosed = false;
  #failure: Error | undefined;

  /** Removes the file of an earlier run. Throws `TL_EVENTS_UNWRITABLE`. */
  constructor(readonly path: string) {
    try {
      rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw eventsUnwritable(path, error);
    }
  }

  add(event: TestEvent): void {
    this.#waiting.push(event);
    // Once the test file is done, no later call writes the buffer.
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) this.write();
  }

  /** Writes the buffered events. Never throws, because it may run in the middle of the program. */
  write(): void {
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting.map((event) => `${JSON.stringify(event)}\n`);
    this.#waiting = [];
    try {
      appendFileSync(this.path, lines.join(''));
    } catch (error) {
      this.#failure ??= eventsUnwritable(this.path, error);
    }
  }

  /** Writes the remaining events. Throws `TL_EVENTS_UNWRITABLE` if any write has failed. */
  close(): void {
    this.#isClosed = true;
    this.write();
    if (this.#failure) throw this.#failure;
  }
}
