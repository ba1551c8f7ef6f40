import { basename } from 'node:path';
import type { Outcome } from '../operations/operation-events.js';
import type { Fields } from '../xtrace/log.js';
import { variable } from './variable.js';

/** The variable that carries a task into a process (OpenTelemetry, "Environment Variables as Context Propagation Carriers"). */
export const VARIABLE = 'TRACEPARENT';

/** What the variable was when this process began: what the program puts there later is its own. */
export const inherited = variable(VARIABLE);

/** Returns what the operation of a process is called. */
export function describeProgram(
  file: string,
  args: readonly string[],
): { readonly label: string; readonly fields: Fields } {
  const name = programOf(file, args);
  const script = scriptOf(file, args);
  return {
    label: script === undefined ? `run ${name}` : `run ${name} ${basename(script)}`,
    fields: { 'process.executable.name': name },
  };
}

/** Returns how a process has ended: by itself, with an exit code, or by a signal. */
export function exited(label: string, code: number | null, signal?: string | null): Outcome {
  if (signal) {
    return {
      ...{ status: 'cancelled', label: `${label} ${signal}` },
      fields: { 'error.type': signal },
    };
  }
  const isError = code !== 0;
  return {
    status: isError ? 'error' : 'ok',
    label: `${label} ${code}`,
    fields: { 'process.exit.code': code, 'error.type': isError ? String(code) : undefined },
  };
}

/**
 * Returns the name of a program. Its arguments may hold secrets, and so may a command for a shell: of that, only the first word is taken
 * that is nothing but the name of a program.
 */
function programOf(file: string, args: readonly string[]): string {
  const at = SHELLS.test(file) ? args.findIndex((one) => COMMAND_FOLLOWS.test(one)) : -1;
  const words = at === -1 ? [] : (args[at + 1] ?? '').trim().split(/\s+/);
  const word = words.find((one) => !ASSIGNMENT.test(one)) ?? '';
  return basename(NAME.test(word) ? word : file);
}

/** Returns the script that Node is started with. `fork` passes the options of this process on before it. */
function scriptOf(file: string, args: readonly string[]): string | undefined {
  if (file !== process.execPath) return undefined;
  const { execArgv } = process;
  const isForked = execArgv.every((one, i) => args[i + 1] === one);
  const first = args[isForked ? execArgv.length + 1 : 1];
  return first?.startsWith('-') ? undefined : first;
}

const SHELLS = /(?:^|[\\/])(?:sh|bash|zsh|dash|cmd\.exe)$/i;
/** The option of a shell that a command follows (Node starts `cmd.exe /d /s /c`). */
const COMMAND_FOLLOWS = /^(?:-c|\/c)$/i;
const ASSIGNMENT = /^\w+=/;
const NAME = /^[\w./\\@+-]+$/;
