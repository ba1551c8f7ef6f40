import { execFileSync, execSync, spawnSync } from 'node:child_process';
import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { beginOperation, endOperation, failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor } from '../operations/trace-headers.js';
import { calls } from '../promises/followed-calls.js';
import { client } from '../xtrace/log.js';
import { describeProgram, exited, inherited, VARIABLE } from './processes.js';

/** How a process has ended, as `spawnSync` returns it and errors of the other two have it. */
interface Ended {
  readonly status?: number | null;
  readonly signal?: string | null;
  readonly error?: unknown;
}

/** What each function starts: a program with its arguments. `execSync` takes a command for a shell. */
const programs = new Map<unknown, (args: readonly unknown[]) => [string, readonly string[]]>([
  [execSync, ([command]) => ['/bin/sh', ['sh', '-c', String(command)]]],
  [execFileSync, withArguments],
  [spawnSync, withArguments],
]);

function withArguments([file, args]: readonly unknown[]): [string, readonly string[]] {
  // As a process gets them: its own name is the first.
  return [String(file), [String(file), ...(Array.isArray(args) ? (args as string[]) : [])]];
}

/** Makes processes that the program waits for, in calls that return when they are over, operations. */
export function watchSyncProcesses(): void {
  calls.inPlace = (method, args) => {
    const programOf = programs.get(method);
    const begun = programOf && attempt(() => begin(...programOf(args)));
    return begun && (() => runProcess(begun, method as AnyMethod, args));
  };
}

function begin(file: string, args: readonly string[]): Operation {
  const { label, fields } = describeProgram(file, args);
  return beginOperation(label, 'client', fields);
}

function runProcess(begun: Operation, method: AnyMethod, args: readonly unknown[]): unknown {
  const frame = branch(currentFrame()).with(client.traceSlot, begun.trace);
  const given = attempt(() => runIn(frame, withTask, undefined, [begun, method, args])) ?? args;
  const end = (outcome: Outcome): void => {
    const ended = (): unknown => {
      endOperation(begun, outcome);
      return client.currentTrace();
    };
    // The caller goes on after the end.
    setLocal(client.traceSlot, runIn(frame, ended as AnyFunction, undefined, []) as never);
  };
  try {
    const result = runIn(frame, method as AnyFunction, undefined, given as never[]);
    attempt(() => end(outcomeOf(begun.label, result)));
    return result;
  } catch (error) {
    attempt(() => end(outcomeOf(begun.label, error)));
    throw error;
  }
}

function outcomeOf(label: string, ended: unknown): Outcome {
  const { status, signal, error } = Object(ended) as Ended;
  if (error !== undefined) return failure(error);
  if (typeof status === 'number' || signal) return exited(label, status ?? null, signal);
  // `execSync` returns what the process has printed, and throws if it has not ended well.
  return ended instanceof Error ? failure(ended) : exited(label, 0);
}

/** Returns the arguments with the variable in the environment. The program's own variable, and its objects, stay. */
function withTask(begun: Operation, method: unknown, args: readonly unknown[]): readonly unknown[] {
  const at = method === execSync || isOptions(args[1]) ? 1 : 2;
  const options = args[at] ?? {};
  if (!isOptions(options)) return args;
  const { env = process.env } = options;
  if (env[VARIABLE] !== undefined && env[VARIABLE] !== inherited) return args;
  const [[, value]] = headersFor(begun) as [[string, string]];
  const own = { ...options, env: { ...env, [VARIABLE]: value } };
  return Array.from({ length: Math.max(args.length, at + 1) }, (_, i) =>
    i === at ? own : args[i],
  );
}

function isOptions(value: unknown): value is { readonly env?: NodeJS.ProcessEnv } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
