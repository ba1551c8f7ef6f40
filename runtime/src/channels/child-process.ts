import { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { continueFollowed, endFollowed, noteBegun } from '../operations/followed.js';
import { beginOperation, failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor } from '../operations/trace-headers.js';
import { client } from '../xtrace/log.js';

/** What Node starts a process with (lib/internal/child_process.js). */
interface SpawnOptions {
  readonly file?: string;
  readonly args?: readonly string[];
  readonly envPairs?: readonly string[];
}

interface Started {
  readonly begun: Operation;
  readonly frame: Frame;
}

/** The variable that carries a task into a process (OpenTelemetry, "Environment Variables as Context Propagation Carriers"). */
export const VARIABLE = 'TRACEPARENT';

/**
 * Makes each process that the program starts an operation, which goes on with the task. In the place of the one method that
 * `spawn`, `fork`, `exec`, `execFile` and `cluster` all call.
 */
export function watchChildProcesses(): void {
  const { prototype } = ChildProcess as unknown as { prototype: { spawn: AnyMethod } };
  const { spawn } = prototype;
  prototype.spawn = function (this: unknown, options: unknown, ...rest: unknown[]): unknown {
    const started = attempt(() => begin(options as SpawnOptions));
    if (started === undefined) return Reflect.apply(spawn, this, [options, ...rest]);
    attempt(() => endWithEvents(this as ChildProcess, started));
    const given = [withTask(options as SpawnOptions, started), ...rest] as never[];
    return runIn(started.frame, spawn as AnyFunction, this, given);
  };
}

function begin({ file, args = [] }: SpawnOptions): Started {
  const name = programOf(String(file), args);
  const [, script = '-'] = file === process.execPath ? args : [];
  continueFollowed();
  const label = script.startsWith('-') ? `run ${name}` : `run ${name} ${basename(script)}`;
  const begun = noteBegun(beginOperation(label, 'client', { 'process.executable.name': name }));
  return { begun, frame: branch(currentFrame()).with(client.traceSlot, begun.trace) };
}

/** Returns the name of a program. Its arguments may hold secrets; of a command for a shell, the first word is the program. */
function programOf(file: string, args: readonly string[]): string {
  const command = SHELLS.test(file) ? args[args.length - 1] : undefined;
  const [word = file] = command?.trim().split(/\s+/) ?? [];
  return basename(word.replace(/^["']|["']$/g, ''));
}

const SHELLS = /(?:^|[\\/])(?:sh|bash|cmd\.exe)$/i;

/** The program's own variable stays, but for the one that this process was started with. */
function withTask(options: SpawnOptions, { begun, frame }: Started): SpawnOptions {
  const { envPairs = [] } = options;
  const inherited = `${VARIABLE}=${process.env[VARIABLE]}`;
  const others = envPairs.filter((pair) => pair !== inherited);
  if (others.some((pair) => pair.startsWith(`${VARIABLE}=`))) return options;
  const [[, value] = []] = runIn(frame, () => headersFor(begun), undefined, []) as [
    string,
    string,
  ][];
  return { ...options, envPairs: [...others, `${VARIABLE}=${value}`] };
}

/** Ends the operation with the first event that tells of the end, whose listeners come after it. */
function endWithEvents(child: ChildProcess, { begun, frame }: Started): void {
  const { emit } = child as unknown as { emit: AnyMethod };
  let ended: Frame | undefined;
  const standIn = function (this: unknown, name: unknown, ...args: unknown[]): unknown {
    const outcome = ended ? undefined : attempt(() => outcomeOf(begun.label, name, args));
    if (outcome) {
      const end = (): void => {
        endFollowed(begun, outcome);
        ended = currentFrame();
      };
      runIn(branch(frame), end, undefined, []);
    }
    const given = [name, ...args] as never[];
    return ended
      ? runIn(branch(ended), emit as AnyFunction, this, given)
      : Reflect.apply(emit, this, given);
  };
  Object.defineProperty(child, 'emit', { value: standIn, configurable: true, writable: true });
}

/** Returns how a process has ended, if an event tells (Node, "Class: ChildProcess"). */
function outcomeOf(label: string, name: unknown, args: readonly unknown[]): Outcome | undefined {
  if (name === 'error') return failure(args[0]);
  if (name !== 'exit') return undefined;
  const [code, signal] = args as [number | null, string | null];
  if (signal !== null) {
    const type = { 'error.type': signal };
    return { status: 'cancelled', label: `${label} ${signal}`, fields: type };
  }
  const isError = code !== 0;
  const fields = { 'process.exit.code': code, 'error.type': isError ? String(code) : undefined };
  return { status: isError ? 'error' : 'ok', label: `${label} ${code}`, fields };
}
