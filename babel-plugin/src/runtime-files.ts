import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const RUNTIME = '@throughline/runtime';
const known = new Map<string, boolean>();

/** Whether a file belongs to the runtime, which must never be instrumented with itself. */
export function isRuntime(filename: string | null | undefined): boolean {
  return filename ? isRuntimeFolder(dirname(filename)) : false;
}

/** Asks the nearest package that has a name, and remembers each folder's answer. */
function isRuntimeFolder(folder: string): boolean {
  let answer = known.get(folder);
  if (answer === undefined) {
    const name = packageName(folder);
    const parent = dirname(folder);
    answer = name === undefined && parent !== folder ? isRuntimeFolder(parent) : name === RUNTIME;
    known.set(folder, answer);
  }
  return answer;
}

function packageName(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { name?: string }).name;
  } catch {
    return undefined;
  }
}
