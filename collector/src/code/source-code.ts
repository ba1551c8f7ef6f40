import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The lines around a place in a file. */
export interface Excerpt {
  /** The number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
  /** When the file was written last, in microseconds since 1970. After an event, its line may be another one. */
  readonly written: number;
}

/** Lines before and after. */
const AROUND = 3;
/** Longer lines are cut: they are minified code. */
const LONGEST_LINE = 400;
/** Larger files are not read. */
const LARGEST_FILE = 2 * 1024 * 1024;
const LINE_END = 10;

/** Nothing else is ever read: what is beside code in a folder may be a secret. */
const IS_CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/;

/**
 * Returns the code around a source (`src/cart.ts:12`) as an event names it, from the first folder that has the file. Nothing if it is no file
 * of code inside of the folder, wherever links lead: sources come from reports, and must not lead to other files.
 */
export async function excerptOf(
  folders: readonly string[],
  source: string,
): Promise<Excerpt | undefined> {
  const [, path, line] = /^([^\0]{1,1000}?):(\d{1,7})(?::\d+)?$/.exec(source) ?? [];
  if (path === undefined || !IS_CODE.test(path)) return undefined;
  for (const folder of folders) {
    const found = await readWithin(folder, path).catch(() => undefined);
    if (found) return around(found.bytes, Number(line), found.written);
  }
  return undefined;
}

async function readWithin(
  folder: string,
  path: string,
): Promise<{ bytes: Buffer; written: number } | undefined> {
  const [inside, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
  const isInside = file.startsWith(inside.endsWith(sep) ? inside : inside + sep);
  if (!isInside || !IS_CODE.test(file)) return undefined;
  // What is looked at is what is read, whatever is in its place by now. A pipe does not hold it up.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const about = await handle.stat();
    if (!about.isFile() || about.size > LARGEST_FILE) return undefined;
    return { bytes: await handle.readFile(), written: about.mtimeMs * 1000 };
  } finally {
    await handle.close();
  }
}

/** Returns the lines around one of a text, from 1; nothing if it has fewer. */
function around(bytes: Buffer, line: number, written: number): Excerpt | undefined {
  const first = Math.max(1, line - AROUND);
  const lines: string[] = [];
  let start = 0;
  for (let at = 1; at <= line + AROUND && start < bytes.length; at++) {
    const end = bytes.indexOf(LINE_END, start);
    const next = end === -1 ? bytes.length : end;
    if (at >= first) {
      const text = bytes.toString('utf8', start, Math.min(next, start + 4 * LONGEST_LINE));
      lines.push(text.replace(/\r$/, '').slice(0, LONGEST_LINE));
    }
    start = next + 1;
  }
  return line >= 1 && lines.length > line - first ? { first, lines, written } : undefined;
}
