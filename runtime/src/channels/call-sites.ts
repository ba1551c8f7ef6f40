import { findSourceMap } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lazyWork } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { callSites, rememberAwaiting } from '../operations/called-from.js';

/** How many calls are looked at, from the running function on: libraries call each other before they do anything. */
const DEPTH = 50;

/** The part of the time that is spent on looking: what is asked for beyond it stays unknown. */
const SHARE = 0.01;
/** How much of it can be saved up, in milliseconds. */
const SAVED_MS = 50;
/** The most that one look counts, in milliseconds: what takes longer was interrupted by the system, or reads a source map, once. */
const MOST_MS = 0.5;

/** How many positions are remembered. A program that makes its code as it runs has ever more of them. */
const MAX_POSITIONS = 10_000;

/** Makes operations and lines of logs tell which line of the program they come from. */
export function watchCallSites(): void {
  callSites.find = finder();
  lazyWork.frame = rememberAwaiting;
}

/**
 * Returns a function that finds the line. The engine's own stack is read, the only source that knows about functions that are
 * not instrumented. It costs some microseconds, and so it is read only as often as a small part of the time allows.
 */
function finder(): () => string | undefined {
  const lines = new Map<string, string | undefined>();
  let saved = SAVED_MS;
  let lookedAt = performance.now();
  return () => {
    const start = performance.now();
    saved = Math.min(SAVED_MS, saved + (start - lookedAt) * SHARE);
    lookedAt = start;
    if (saved <= 0) return undefined;
    const found = attempt(() => findLine(lines));
    saved -= Math.min(performance.now() - start, MOST_MS);
    return found;
  };
}

/** Returns the line of the innermost call that the program has written. */
function findLine(lines: Map<string, string | undefined>): string | undefined {
  for (const site of stack()) {
    const position = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
    if (!lines.has(position)) {
      if (lines.size >= MAX_POSITIONS) lines.clear();
      lines.set(position, lineOf(site));
    }
    const line = lines.get(position);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Reads the stack without a trace of it in the program: how the engine writes stacks is the program's to say. */
function stack(): readonly NodeJS.CallSite[] {
  const before = settings.map((name) => Object.getOwnPropertyDescriptor(Error, name));
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, stack);
    return holder.stack as NodeJS.CallSite[];
  } finally {
    settings.forEach((name, at) => {
      const written = before[at];
      if (written === undefined) delete Error[name];
      else Object.defineProperty(Error, name, written);
    });
  }
}

const settings = ['stackTraceLimit', 'prepareStackTrace'] as const;

/** Returns `file:line` of a call that the program has written, as the source has it; undefined for the code of others. */
function lineOf(site: NodeJS.CallSite): string | undefined {
  const file = site.getFileName();
  if (!file || file.startsWith('node:') || IN_PACKAGE.test(file)) return undefined;
  const { path, line } = written(file, site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0);
  return isOfOthers(path) ? undefined : `${named(path)}:${line}`;
}

/** Returns a position as the source map of its file has it, if the process reads source maps. */
function written(file: string, line: number, column: number): { path: string; line: number } {
  // Both count from 0 there.
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  return entry && 'originalSource' in entry
    ? { path: pathOf(entry.originalSource), line: entry.originalLine + 1 }
    : { path: pathOf(file), line };
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}

const IN_PACKAGE = /[\\/]node_modules[\\/]/;

/** The folder of the runtime; in a bundle without a source map, the file that everything is in. */
const ours = ((): string => {
  const [site] = attempt(stack) ?? [];
  const file = site?.getFileName();
  if (!file) return '';
  const { path } = written(file, site!.getLineNumber() ?? 0, site!.getColumnNumber() ?? 0);
  return /^.*[\\/]runtime[\\/](?:dist|src)[\\/]/.exec(path)?.[0] ?? path;
})();

function isOfOthers(path: string): boolean {
  return IN_PACKAGE.test(path) || path.startsWith(ours);
}

const STARTED_IN = process.cwd();

/** Returns a path as tables of spawn points have it: from the folder that the program was started in. */
function named(path: string): string {
  const inside = relative(STARTED_IN, path);
  return (inside.startsWith('..') ? path : inside).split(sep).join('/');
}
