import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
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
  return statSync(word, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Runs a program with this process's streams. Resolves with its exit code, as a shell has it. */
export function runProgram(
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env });
  process.on('SIGINT', () => {
    // A terminal sends it to the program as well.
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']),
    );
  });
}
