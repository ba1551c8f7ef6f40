import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { extname } from 'node:path';

const SCRIPTS = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx']);

/** Signals that reach only this process when they are sent by a tool, and must end the program. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/** Returns the command for what a user has typed: a script that Node runs, or a command as it is. */
export function commandOf(words: readonly string[]): readonly [string, ...string[]] {
  const [first = '', ...rest] = words;
  const isScript =
    SCRIPTS.has(extname(first)) || existsSync(`${first}.js`) || first.startsWith('-');
  return isScript ? [process.execPath, first, ...rest] : [first, ...rest];
}

/** Runs a program with this process's streams. Resolves with its exit code, as a shell has it. */
export function runProgram(
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env });
  // The terminal sends this one to the program as well.
  process.on('SIGINT', () => {});
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']),
    );
  });
}
