import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { CodeFolders, Folder } from './folders.js';

/** The lines around a place in a file. */
export interface Excerpt {
  /** The number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
  /** True if the file has been written after the event, so that the line may be another one. */
  readonly isNewer: boolean;
}

/** Lines before and after. */
const AROUND = 3;
/** Longer lines are cut: they are minified code. */
const LONGEST_LINE = 400;
/** Larger files are not read. */
const LARGEST_FILE = 5 * 1024 * 1024;

/** Nothing else is ever read: what is beside code in a folder may be a secret. */
const IS_CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;

/**
 * Returns the code around a source (`src/cart.ts:12`) as an event names it, at a time in microseconds since 1970. Nothing if no file of code
 * inside of a folder has that name: sources come from reports, and must not lead to other files.
 */
export async function excerptOf(
  folders: CodeFolders,
  source: string,
  time: number,
): Promise<Excerpt | undefined> {
  const [, path, line] = /^([^\0]{1,1000}?):(\d{1,7})(?::\d+)?$/.exec(source) ?? [];
  if (path === undefined || !IS_CODE.test(path)) return undefined;
  for (const folder of new Set([...inOrder(folders.noted(), time), ...folders.named])) {
    const found = await readWithin(folder, path).catch(() => undefined);
    const lines = found && around(found.text, Number(line));
    if (lines) return { ...lines, isNewer: found.written > time };
  }
  return undefined;
}

/** The folder that was the latest one when the event happened comes first, and those that came after it last. */
function inOrder(folders: readonly Folder[], time: number): string[] {
  const before = folders.filter(({ since }) => since <= time).reverse();
  const after = folders.filter(({ since }) => since > time);
  return [...before, ...after].map(({ path }) => path);
}

/** Reads a file whose real place is inside of a folder, wherever links lead. `written` is in microseconds since 1970. */
async function readWithin(
  folder: string,
  path: string,
): Promise<{ text: string; written: number } | undefined> {
  const [inside, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
  if (!file.startsWith(inside.endsWith(sep) ? inside : inside + sep) || !IS_CODE.test(file))
    return undefined;
  const about = await stat(file);
  if (!about.isFile() || about.size > LARGEST_FILE) return undefined;
  return { text: await readFile(file, 'utf8'), written: about.mtimeMs * 1000 };
}

/** Returns the lines around one of a text, from 1; nothing if it has fewer. */
function around(text: string, line: number): Pick<Excerpt, 'first' | 'lines'> | undefined {
  const all = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (line < 1 || line > all.length) return undefined;
  const first = Math.max(1, line - AROUND);
  const lines = all.slice(first - 1, line + AROUND).map((one) => one.slice(0, LONGEST_LINE));
  return { first, lines };
}
