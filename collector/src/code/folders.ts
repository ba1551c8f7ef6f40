import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { parse } from 'node:path';

/** A process that `throughline run` has started, and the folder in which it runs: its sources are relative to that. */
export interface ProgramNote {
  readonly processId: number;
  /** Null for one whose code must not be shown. */
  readonly folder: string | null;
  /** In microseconds since 1970. */
  readonly since: number;
}

/** Whose code is asked for: the process that logged an event, and when. */
export interface Logger {
  readonly host: string;
  readonly processId: number;
  readonly time: number;
}

/** Above this size, in bytes, the older half of the notes is forgotten. */
const LARGEST = 64 * 1024;
/** A process may have logged before it was noted, and clocks are set: microseconds. */
const EARLY = 5_000_000;

/**
 * Returns the file in which the programs that report to a store are noted. It is beside the store, and nothing that is sent to a
 * collector gets into it, so that reports cannot make it read other folders. A store in memory has none: it is given as nothing.
 */
export function notesOf(store: string | undefined): string | undefined {
  return store === undefined ? undefined : `${store}.programs`;
}

/** Notes that a process runs in a folder, or that it must not be shown. Not in folders that have everything below them. */
export function noteProgram(file: string, note: ProgramNote): void {
  const { folder } = note;
  if (folder !== null && (folder === parse(folder).root || folder === homedir())) return;
  appendFileSync(file, `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

/** Forgets the older half of the notes, if there are too many. */
export function trimNotes(file: string): void {
  const text = readOwn(file);
  if (text.length <= LARGEST) return;
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text.slice(text.indexOf('\n', text.length / 2) + 1), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // The disk is full, or must not be written to: there are too many notes, then.
  }
}

/** Where code is: in the folders that settings name, and in that of each process that was noted. */
export class CodeFolders {
  private notes: readonly ProgramNote[] = [];
  private seen = '';

  constructor(
    readonly named: readonly string[],
    /** The notes (`notesOf`), unless everybody may ask. */
    private readonly file: string | undefined,
  ) {}

  /** Returns where the code of a process is looked for. What is not known of this process is not taken from others. */
  of({ host, processId, time }: Logger): readonly string[] {
    if (host !== hostname()) return this.named;
    const own = this.read().findLast(
      (note) => note.processId === processId && note.since <= time + EARLY,
    );
    const { folder = null } = own ?? {};
    return folder === null ? this.named : [...this.named, folder];
  }

  private read(): readonly ProgramNote[] {
    const { file } = this;
    const about = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
    const seen = `${about?.mtimeMs} ${about?.size}`;
    if (seen !== this.seen) {
      this.notes = file === undefined ? [] : notesIn(readOwn(file));
      this.seen = seen;
    }
    return this.notes;
  }
}

/** Reads a file of this user. Another one could have written any folder into it. */
function readOwn(file: string): string {
  try {
    const { uid } = statSync(file);
    return process.getuid === undefined || uid === process.getuid()
      ? readFileSync(file, 'utf8')
      : '';
  } catch {
    return '';
  }
}

function notesIn(text: string): ProgramNote[] {
  return text.split('\n').flatMap((line) => {
    try {
      const note = JSON.parse(line) as Partial<ProgramNote>;
      const { processId, folder, since } = note;
      const isNote =
        (typeof folder === 'string' || folder === null) &&
        typeof processId === 'number' &&
        typeof since === 'number';
      return isNote ? [{ processId, folder, since }] : [];
    } catch {
      // A line that is being written.
      return [];
    }
  });
}
