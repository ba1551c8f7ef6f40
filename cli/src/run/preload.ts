// throughline: off file
// Runs before the program, in every process and thread of Node that it starts.
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { noteProgram } from '@throughline/collector/folders';
import { runFailed } from '../errors.js';
import type * as Auto from '@throughline/runtime/auto';

/** Programs that only start others: to instrument them would cost their start and tell nothing. */
const STARTERS = ['npm', 'npx', 'pnpm', 'yarn', 'corepack', 'nodemon', 'concurrently'];

/** How long the program waits for the connection to the collector, in milliseconds. */
const PATIENCE_MS = 1000;

if (!isStarter(process.argv[1] ?? '')) {
  const notes = process.env['THROUGHLINE_PROGRAMS'];
  if (notes && isMainThread) noteFolder(notes);
  try {
    // The compiler last: on Node 20, each module that is loaded after it is passed through another thread.
    const { connected } = (await import(urlOf('@throughline/runtime/auto'))) as typeof Auto;
    await import(urlOf('@throughline/babel-plugin/register'));
    // What a program logs that ends at once could not be sent without a connection. The client itself says why there is none.
    const over = new AbortController();
    const patience = wait(PATIENCE_MS, undefined, { signal: over.signal });
    await Promise.race([connected.catch(() => {}), patience]);
    over.abort();
  } catch (error) {
    console.error(`throughline: ${runFailed(error).message}`);
  }
}

/** Lets the page show the code of the program. It can do without: the file may not be writable here. */
function noteFolder(notes: string): void {
  try {
    const since = Date.now() * 1000;
    noteProgram(notes, { processId: process.pid, folder: process.cwd(), since });
  } catch {
    // See above.
  }
}

function isStarter(script: string): boolean {
  const folders = script.split(sep);
  return STARTERS.some((name) => {
    const at = folders.lastIndexOf(name);
    return folders[at - 1] === 'node_modules' || (at !== -1 && at === folders.length - 1);
  });
}

/** Returns the address of a module: that of the program, so that there is one version, or else our own. */
function urlOf(name: string): string {
  const program = createRequire(join(process.cwd(), 'package.json'));
  try {
    return pathToFileURL(program.resolve(name)).href;
  } catch {
    return import.meta.resolve(name);
  }
}
