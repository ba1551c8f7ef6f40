import { Console } from 'node:console';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Writable } from 'node:stream';
import { formatWithOptions } from 'node:util';
import { copyFunctionShape } from '../callbacks/spawn.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { logLine } from '../operations/log-line.js';
import { listenTo } from './subscribe.js';

/** The methods of `console` that write a line, and the level that loggers have for them. */
const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;

/** Makes an event of each line that the program writes with `console`. */
export function watchConsole(): void {
  for (const [name, level] of Object.entries(LEVELS)) {
    const note = (args: readonly unknown[]): void => {
      if (!isOurs(args[0])) logLine('console', level, textOf(args));
    };
    if (HAS_CHANNELS) listenTo({ [`console.${name}`]: note });
    else replaceMethod(name as keyof typeof LEVELS, note);
  }
}

/** Returns true for what this tool tells the user: it is no line of the program. */
function isOurs(text: unknown): boolean {
  return typeof text === 'string' && text.startsWith('throughline: ');
}

/** Whether this Node publishes what is written: 22 and newer do, some of their first releases excepted. */
const HAS_CHANNELS = publishes();

function publishes(): boolean {
  let isPublished = false;
  const note = (): void => void (isPublished = true);
  subscribe('console.log', note);
  new Console(new Writable({ write: (_chunk, _encoding, done) => done() })).log('');
  unsubscribe('console.log', note);
  return isPublished;
}

function replaceMethod(name: keyof typeof LEVELS, note: (args: readonly unknown[]) => void): void {
  const { [name]: method } = console;
  function replaced(this: unknown, ...args: unknown[]): void {
    attempt(() => note(args));
    Reflect.apply(method, this, args);
  }
  console[name] = copyFunctionShape(
    replaced as AnyFunction,
    method as AnyFunction,
  ) as typeof method;
}

/** Returns the text of a line. Of objects only what they are: their properties may hold secrets, and be getters. */
function textOf(args: readonly unknown[]): string {
  const plain = args.map((one) => (one instanceof Error ? `${one.name}: ${one.message}` : one));
  return formatWithOptions({ depth: -1, customInspect: false }, ...plain);
}
