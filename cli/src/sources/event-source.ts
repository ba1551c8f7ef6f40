import { excerptOf, openEventFiles, parseTaskQuery } from '@throughline/collector';
import type {
  EventFileQueries,
  Excerpt,
  ShapeAnswer,
  TaskPage,
  TraceEvent,
} from '@throughline/collector';
import { CliError } from '../errors.js';
import { CollectorClient } from './collector-client.js';
import { collectorUrl } from './collector-url.js';
import type { EventSource, TaskQuery } from './source.js';

export type { EventSource } from './source.js';

/** The options that name a source. */
export interface SourceOptions {
  readonly file?: string;
  readonly collector?: string;
}

/** Returns the event files, if `file` is given, or else the running collector. Throws `TL_EVENTS_UNREADABLE`. */
export async function openEventSource({ file, collector }: SourceOptions): Promise<EventSource> {
  if (file === undefined) return new CollectorClient(collector ?? collectorUrl());
  return new FileSource(file, await openEventFiles(file));
}

/** Prints an error for each invalid line of event files, and sets the exit code to 1. */
export function printProblems(problems: readonly Error[]): void {
  for (const problem of problems) console.error(`throughline: ${problem.message}`);
  if (problems.length > 0) process.exitCode = 1;
}

class FileSource implements EventSource {
  constructor(
    private readonly path: string,
    private readonly files: EventFileQueries,
  ) {
    printProblems(files.problems);
  }

  async tasks({ limit, where = '', order }: TaskQuery): Promise<TaskPage> {
    const conditions = parseTaskQuery(where);
    return this.files.tasks({ offset: 0, limit, where: conditions, ...(order && { order }) });
  }

  async task(taskId: string): Promise<readonly TraceEvent[]> {
    const events = await this.files.task(taskId);
    if (events.length > 0) return events;
    const path = JSON.stringify(this.path);
    throw new CliError(
      'TL_TASK_UNKNOWN',
      `No events of task ${JSON.stringify(taskId)} in ${path}. "throughline list" with the same --file lists its tasks.`,
    );
  }

  async shapes(where: string): Promise<ShapeAnswer> {
    return this.files.shapes(parseTaskQuery(where));
  }

  /** The names in the files are relative to the folder in which the program ran: most likely this one. */
  code({ source = '' }: TraceEvent): Promise<Excerpt | undefined> {
    return excerptOf([process.cwd()], source);
  }
}
