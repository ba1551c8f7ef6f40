import { spawn } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { delimiter, extname, join } from 'node:path';

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

/** What Node has since 22.15 and 23.11, on systems that are not Windows. */
interface Replaceable {
  execve?(file: string, args: readonly string[], env: Readonly<Record<string, string>>): never;
}

/**
 * Puts a program in the place of this process, where Node can: then its id, its signals and its end are its own. Returns where it cannot,
 * and for a program that is not found.
 */
export function becomeProgram(
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): void {
  const { execve } = process as Replaceable;
  // A channel to the parent would not go along.
  if (execve === undefined || process.send !== undefined) return;
  const file = fileOf(command, env['PATH']);
  if (file === undefined || !isProgram(file)) return;
  const defined = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  // Node would say that it is experimental.
  process.emitWarning = () => {};
  execve.call(process, file, [command, ...args], Object.fromEntries(defined));
}

/** Returns the file of a command, as a shell finds it. */
function fileOf(command: string, path = ''): string | undefined {
  if (command.includes('/')) return command;
  return path
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() && isExecutable(file));
}

/** Returns true for what the system itself can run: a script that names its interpreter, or machine code. Of others, only a shell can. */
function isProgram(file: string): boolean {
  try {
    const start = Buffer.alloc(4);
    const opened = openSync(file, 'r');
    readSync(opened, start, 0, start.length, 0);
    closeSync(opened);
    const text = start.toString('latin1');
    return text.startsWith('#!') || text === '\x7fELF' || MACH_O.includes(start.readUInt32LE());
  } catch {
    return false;
  }
}

/** The first bytes of programs of macOS (`mach-o/loader.h`, `mach-o/fat.h`). */
const MACH_O = [0xfeed_facf, 0xbeba_feca];

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
