import { ChildProcess, exec, execFile } from 'node:child_process';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { continueFollowed, endFollowed, noteBegun } from '../operations/followed.js';
import { beginOperation, failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor } from '../operations/trace-headers.js';
import { calls } from '../promises/followed-calls.js';
import { client } from '../xtrace/log.js';
import { emitAfter } from './emit-after.js';
import { CHANNEL, followMessages } from './process-messages.js';
import type { ProcessEnd } from './process-messages.js';
import { describeProgram, exited, inherited, VARIABLE } from './processes.js';

/** What Node starts a process with (lib/internal/child_process.js). */
interface SpawnOptions {
  readonly file?: string;
  readonly args?: readonly string[];
  readonly envPairs?: readonly string[];
  readonly stdio?: unknown;
}

interface Started {
  readonly begun: Operation;
  readonly frame: Frame;
  /** Ends the operation, once. Returns the frame that comes after the end. */
  finish(outcome: Outcome): Frame;
}

/**
 * Makes each process that the program starts an operation, which goes on with the task. In the place of the one method that
 * `spawn`, `fork`, `exec`, `execFile` and `cluster` all call.
 */
export function watchChildProcesses(): void {
  calls.isEndedLater = (fn) => fn === exec || fn === execFile;
  const { prototype } = ChildProcess as unknown as { prototype: { spawn: AnyMethod } };
  const { spawn } = prototype;
  // Platforms that have Node's modules may start processes in another way.
  if (typeof spawn !== 'function') return;
  prototype.spawn = function (this: unknown, options: unknown, ...rest: unknown[]): unknown {
    const started = attempt(() => begin(options as SpawnOptions));
    if (started === undefined) return Reflect.apply(spawn, this, [options, ...rest]);
    attempt(() => endWithEvents(this as ChildProcess, started));
    const own = attempt(() => withTask(options as SpawnOptions, started)) ?? options;
    const given = [own, ...rest] as never[];
    try {
      const result = runIn(started.frame, spawn as AnyFunction, this, given);
      const child = this as ProcessEnd;
      if (child.send) attempt(() => followMessages(child));
      return result;
    } catch (error) {
      started.finish(failure(error));
      throw error;
    }
  };
}

function begin({ file, args = [] }: SpawnOptions): Started {
  continueFollowed();
  const { label, fields } = describeProgram(String(file), args);
  const begun = noteBegun(beginOperation(label, 'client', fields));
  const frame = branch(currentFrame()).with(client.traceSlot, begun.trace);
  let ended: Frame | undefined;
  const end = (outcome: Outcome): Frame => {
    endFollowed(begun, outcome);
    return currentFrame();
  };
  const finish = (outcome: Outcome): Frame =>
    (ended ??= runIn(branch(frame), end, undefined, [outcome]) as Frame);
  return { begun, frame, finish };
}

/** The program's own variable stays. */
function withTask(options: SpawnOptions, { begun, frame }: Started): SpawnOptions {
  // Without pairs, a process has the environment of this one.
  const pairs =
    options.envPairs ?? Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const others = pairs.filter((pair) => pair !== `${VARIABLE}=${inherited}`);
  if (hasChannel(options)) others.push(`${CHANNEL}=1`);
  if (others.some((pair) => pair.startsWith(`${VARIABLE}=`))) {
    return { ...options, envPairs: others };
  }
  const headers = runIn(frame, () => headersFor(begun), undefined, []) as [string, string][];
  return { ...options, envPairs: [...others, `${VARIABLE}=${headers[0]![1]}`] };
}

/** Returns true for a process that messages can be sent to, as `fork` starts it. */
function hasChannel({ stdio }: SpawnOptions): boolean {
  return Array.isArray(stdio) && stdio.includes('ipc');
}

/** Ends the operation with the event that tells of the end, whose listeners come after it, and those of later events. */
function endWithEvents(child: ChildProcess, { begun, finish }: Started): void {
  emitAfter(child, (name, args) => {
    const outcome = outcomeOf(begun.label, child, name, args);
    return outcome && finish(outcome);
  });
}

/** Returns how a process has ended, if an event tells (Node, "Class: ChildProcess"). */
function outcomeOf(
  label: string,
  { pid }: ChildProcess,
  name: unknown,
  args: readonly unknown[],
): Outcome | undefined {
  // A process that runs has errors, too: of a message that could not be sent, or a signal.
  if (name === 'error') return pid === undefined ? failure(args[0]) : undefined;
  if (name !== 'exit') return undefined;
  const [code, signal] = args as [number | null, string | null];
  return exited(label, code, signal);
}
