import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';

const SCRIPTS = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'];

/** Signals that end a program. A tool may send them to this process alone. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/** Returns the command for what a user has typed: a script that Node runs, or a command as it is. */
export function commandOf(words: readonly string[]): readonly [string, ...string[]] {
  const [first = '', ...rest] = words;
  return isForNode(first) ? [process.execPath, first, ...rest] : [first, ...rest];
}

/** Returns true for options of Node, and for what Node finds as a script: a file, one without its ending, a folder. */
function isForNode(word: string): boolean {
  if (word.startsWith('-') || SCRIPTS.includes(extname(word))) return true;
  if (SCRIPTS.some((ending) => existsSync(word + ending))) return true;
  const found = statSync(word, { throwIfNoEntry: false });
  // A folder may be named as a command is.
  if (found?.isDirectory()) return word === '.' || /[\\/]/.test(word);
  return found !== undefined && !isExecutable(word);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How a program has ended: by a code, or by a signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a program with this process's streams, and with its channel to a parent, if it has one. */
export function runProgram(
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  const isForked = process.send !== undefined;
  const child = spawn(command, args, {
    ...{ env, stdio: ['inherit', 'inherit', 'inherit', ...(isForked ? ['ipc' as const] : [])] },
  });
  if (isForked) {
    child.on('message', (message) => process.connected && process.send!(message));
    process.on('message', (message: object) => child.connected && child.send(message));
    process.on('disconnect', () => child.connected && child.disconnect());
  }
  process.on('SIGINT', () => {
    // A terminal sends it to the program as well.
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Ends this process as the program has ended. */
export function endAs({ code, signal }: Ended): void {
  if (signal === null) {
    process.exit(code ?? 0);
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
