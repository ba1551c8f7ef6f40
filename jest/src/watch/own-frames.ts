import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUNTIME_DIR } from '../realm.js';

/** The folders of our packages, as they stand in stacks: those of built files, and of the sources behind them. */
const folders = [
  RUNTIME_DIR.slice(0, -'dist'.length),
  fileURLToPath(new URL('../../../', import.meta.url)),
].flatMap((folder) => ['dist', 'src'].map((name) => folder + name + sep));

interface Failure {
  stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/**
 * Removes our own lines from the stack of a failure, so that it looks as it does without this preset. Jest prints `cause`
 * and the errors of an `AggregateError` with it.
 */
export function hideOwnFrames(failure: unknown, seen = new Set<unknown>()): void {
  if (typeof failure !== 'object' || failure === null || seen.has(failure)) return;
  seen.add(failure);
  const error = failure as Failure;
  const { stack, cause, errors } = error;
  if (typeof stack === 'string') {
    const lines = stack.split('\n');
    const left = lines.filter((line) => !isOwn(line));
    // A stack may be frozen.
    if (left.length < lines.length) Reflect.set(error, 'stack', left.join('\n'));
  }
  hideOwnFrames(cause, seen);
  if (Array.isArray(errors)) for (const one of errors) hideOwnFrames(one, seen);
}

function isOwn(line: string): boolean {
  return /^\s*at /.test(line) && folders.some((folder) => line.includes(folder));
}
