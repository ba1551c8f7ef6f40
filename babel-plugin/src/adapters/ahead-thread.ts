// A thread that compiles the files of a program into the cache, from the one that is loaded last.
import { readFileSync, statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { Task } from './compile-ahead.js';
import { filesInOrder } from './import-graph.js';
import type { Found } from './import-graph.js';
import { nodeFiles } from './node-files.js';

/** The program may never load what is larger, such as a compiler. */
const LARGEST = 1_000_000;

const { entry, required, taken } = workerData as Task;
const files = nodeFiles();
const list = filesInOrder(entry, files, required);
for (;;) {
  const found = list[list.length - 1 - Atomics.add(taken, 0, 1)];
  if (found === undefined) break;
  compile(found);
}

function compile({ file, format }: Found): void {
  if (statSync(file).size > LARGEST) return;
  try {
    files.transform(readFileSync(file, 'utf8'), file, format);
  } catch {
    // The program will see the error, if it loads the file.
  }
}
