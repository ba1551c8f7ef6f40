import { transformSync } from '@babel/core';
import { inspect } from 'node:util';
import { getLocal, register, setLocal } from '../../runtime/src/index';
import * as kernel from '../../runtime/src/kernel/index';
import { evaluate, instrument } from './instrument';
import { currentFrame } from './runtime';

/** A program as it was written: compiled to CommonJS, and left alone otherwise. */
export function plainly(code: string, { script = false } = {}): string {
  if (script) return code;
  const plugins = [require('@babel/plugin-transform-modules-commonjs') as object];
  return transformSync(code, { configFile: false, babelrc: false, plugins })!.code!;
}

/** The same code, uncompiled and compiled, as something to evaluate. */
export function bothWays(
  code: string,
  { script = false } = {},
): { readonly plain: string; readonly compiled: string } {
  const form = { script, commonjs: !script };
  return { plain: plainly(code, { script }), compiled: instrument(code, {}, form) };
}

/** What the awaited values of a program are. */
export type Dress = 'values' | 'promises' | 'late promises' | 'thenables';

export interface Run {
  /** Everything the program noted, tick by tick. */
  readonly trace: readonly string[];
  /** What it should have seen in its slot and did not, and what others should not have seen. */
  readonly wrong: readonly string[];
  /** How many values were awaited through `v`. */
  readonly count: number;
}

const slot = register('nobody');

/**
 * Runs a module's `main`, until nothing is left to run.
 *
 * The program is given `v(value)`, something to await; `log`; `look`, which wants to find in the slot
 * what `set` put there. `v` looks by itself, since it is called where a program evaluates an operand.
 */
export async function runProgram(
  code: string,
  { dress = 'promises', failAt = 0, given = {} }: RunOptions = {},
): Promise<Run> {
  const trace: string[] = [];
  const wrong: string[] = [];
  const isCompiled = code.includes('/compiled');
  let count = 0;
  const log = (...values: unknown[]): void => {
    trace.push(values.map((value) => show(value)).join(' '));
  };
  const look = (where: unknown = `after ${trace[trace.length - 1]}`): void => {
    if (isCompiled && getLocal(slot) !== 'mine')
      wrong.push(`${String(where)}: ${getLocal(slot)} in the slot`);
  };
  const watch = (): void => {
    // No strand runs here; what comes over the bridge is no leak.
    if (currentFrame().get(slot) !== 'nobody')
      wrong.push(`leaked after ${trace[trace.length - 1]}`);
  };
  const v = (value: unknown): unknown => {
    const number = ++count;
    look(`v ${number}`);
    log(`v ${number}`);
    queueMicrotask(watch);
    if (number === failAt) return failed(new Error(`v ${number} failed`), dress, look);
    return dressed(value, dress, { look, watch });
  };
  const set = (): void => {
    if (isCompiled) setLocal(slot, 'mine');
  };

  kernel.setCurrentFrame(kernel.OUTSIDE);
  metronome(log, watch);
  const { main } = evaluate(code, { log, look, v, set, ...given }) as {
    main: () => Promise<unknown>;
  };
  const done = main.call('this').then(
    (value) => log('fulfilled', value),
    (error: unknown) => log('rejected', error),
  );
  watch();
  await done;
  await quiet();
  watch();
  return { trace, wrong, count };
}

export interface RunOptions {
  readonly dress?: Dress;
  /** Which value that is awaited rejects, from 1. */
  readonly failAt?: number;
  readonly given?: Record<string, unknown>;
}

/** A value as text. An error counts by what it says, a function by what libraries ask it. */
function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === 'function') return `${value.constructor.name} ${value.name}`;
  if (typeof value !== 'object' || value === null) return inspect(value);
  if (value instanceof Error) return `${value.name}: ${value.message.split('\n')[0]}`;
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return `[${value.map((one) => show(one, depth + 1)).join(', ')}]`;
  const name = value.constructor?.name;
  if (depth > 3 || Symbol.iterator in value) return inspect(value);
  const parts = Reflect.ownKeys(value).map((key) => {
    const { get, value: part } = Object.getOwnPropertyDescriptor(value, key)!;
    return `${String(key)}: ${get ? 'a getter' : show(part, depth + 1)}`;
  });
  return `${name === 'Object' ? '' : name}{ ${parts.join(', ')} }`;
}

function dressed(
  value: unknown,
  dress: Dress,
  { look, watch }: { look: (where: string) => void; watch: () => void },
): unknown {
  switch (dress) {
    case 'values':
      return value;
    case 'promises':
      return Promise.resolve(value);
    case 'late promises':
      return new Promise((resolve) => {
        queueMicrotask(() => queueMicrotask(() => (watch(), resolve(value))));
      });
    case 'thenables':
      return {
        then(resolve: (value: unknown) => void) {
          look('a then');
          resolve(value);
        },
      };
  }
}

function failed(error: Error, dress: Dress, look: (where: string) => void): unknown {
  if (dress !== 'thenables') return Promise.reject(error);
  return {
    then(_: unknown, reject: (error: Error) => void) {
      look('a then');
      reject(error);
    },
  };
}

/** Notes every tick, so that one too many shows even where a program has nothing to compare with. */
function metronome(log: (entry: string) => void, watch: () => void): void {
  let promise = Promise.resolve();
  for (let i = 0; i < 50; i++) {
    promise = promise.then(() => {
      watch();
      log(`tick ${i}`);
    });
  }
}

/** Resolves when the microtasks and two turns of the event loop are over. */
export async function quiet(turns = 2): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
