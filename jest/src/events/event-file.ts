import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Config } from '@jest/types';
import { eventsUnwritable } from '../errors.js';
import type { Event } from './event.js';

/** Names the folder for one run, and goes before the option; empty, nothing is written. */
const VARIABLE = 'THROUGHLINE_EVENTS';

/** How many events wait before they are written, within a test. */
const MOST_WAITING = 1000;

type Project = Pick<Config.ProjectConfig, 'cwd' | 'displayName' | 'rootDir'>;

/**
 * The file of a test file's events, if they are asked for: `FOLDER/PROJECT/PATH.jsonl`, where a project
 * is named if it has a name. The same test file may be in two of them.
 */
export function eventFileOf(
  project: Project,
  testPath: string,
  option: string | undefined,
): string | undefined {
  const { cwd, rootDir, displayName } = project;
  const variable = process.env[VARIABLE];
  const folder = variable === undefined ? option && resolve(rootDir, option) : variable;
  if (!folder) return undefined;
  const name = displayName?.name.replace(/[^\w.-]+/g, '-') ?? '';
  return join(resolve(cwd, folder), name, `${pathIn([cwd, rootDir], testPath)}.jsonl`);
}

/** A path from the first of several folders that it is below. */
function pathIn(folders: readonly string[], file: string): string {
  const paths = folders.map((folder) => relative(folder, file));
  const path = paths.find((one) => !one.startsWith('..') && !isAbsolute(one)) ?? paths[0]!;
  return path
    .split(sep)
    .map((step) => (step === '..' ? '_' : step))
    .join(sep);
}

/**
 * The events of one test file, one JSON record a line. They are written test by test, so that what ends
 * the process leaves those of the tests before.
 */
export class EventFile {
  #waiting: Event[] = [];
  #isClosed = false;
  #failure: Error | undefined;

  /** Takes the place of what an earlier run has left. */
  constructor(readonly path: string) {
    try {
      rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw eventsUnwritable(path, error);
    }
  }

  add(event: Event): void {
    this.#waiting.push(event);
    // What comes when the file is done has nobody to wait for.
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) this.write();
  }

  /** Never throws: it may be called in the middle of the program. */
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

  /** Throws if something could not be written. */
  close(): void {
    this.#isClosed = true;
    this.write();
    if (this.#failure) throw this.#failure;
  }
}
