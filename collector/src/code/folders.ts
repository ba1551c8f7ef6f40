import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A folder that programs were run in. */
export interface Folder {
  readonly path: string;
  /** Since when, in microseconds since 1970. */
  readonly since: number;
}

/** Where code is looked for. */
export interface CodeFolders {
  /** Those that the settings name. */
  readonly named: readonly string[];
  /** Returns those that programs were run in, the oldest first. */
  readonly noted: () => readonly Folder[];
}

/** Above this size, in characters, the oldest half of the file is forgotten. */
const LARGEST = 64 * 1024;

/**
 * Notes that a program runs in a folder, so that a collector with this store can show its code. The note is a file beside the store, which only the
 * user's own programs can write: nothing that is sent to a collector names a folder. A store in memory has none.
 */
export function noteFolder(store: string, path: string, since: number): void {
  if (store === ':memory:') return;
  const file = fileOf(store);
  const known = readNotes(file);
  if (foldersIn(known).at(-1)?.path === path) return;
  const line = `${JSON.stringify({ path, since })}\n`;
  mkdirSync(dirname(file), { recursive: true });
  if (known.length <= LARGEST) return appendFileSync(file, line, { mode: 0o600 });
  const kept = known.slice(known.indexOf('\n', known.length / 2) + 1);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, kept + line, { mode: 0o600 });
  renameSync(draft, file);
}

/** Returns where the code for a store is. If everybody may ask, it is only what the settings name. */
export function codeFolders(
  store: string,
  named: readonly string[],
  { isOpen }: { readonly isOpen: boolean },
): CodeFolders {
  return { named, noted: () => (isOpen ? [] : notedFolders(store)) };
}

/** Returns the folders that were noted, the oldest first. */
export function notedFolders(store: string): Folder[] {
  return store === ':memory:' ? [] : foldersIn(readNotes(fileOf(store)));
}

function fileOf(store: string): string {
  return `${store}.folders`;
}

function readNotes(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function foldersIn(text: string): Folder[] {
  return text.split('\n').flatMap((line) => {
    try {
      const { path, since } = JSON.parse(line) as Partial<Folder>;
      return typeof path === 'string' && typeof since === 'number' ? [{ path, since }] : [];
    } catch {
      // A line that is being written.
      return [];
    }
  });
}
