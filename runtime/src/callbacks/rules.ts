import { spawnFailureListener, spawnListener } from '../listeners/emitters.js';
import { spawnMembers } from './objects-of-callbacks.js';
import { spawn, spawnAlike, spawnEach } from './spawn.js';
import { spawnStages } from './pipeline-stages.js';

/** The functions that wrap a callback, by the names that the plugin writes. */
const wrappers = {
  spawn,
  spawnAlike,
  spawnEach,
  spawnFailureListener,
  spawnListener,
  spawnMembers,
  spawnStages,
  'spawnListener:registration': <F>(listener: F): F => spawnListener(listener, 'registration'),
  'spawnListener:trigger': <F>(listener: F): F => spawnListener(listener, 'trigger'),
};

/** Says which arguments of a call are callbacks, and how to wrap them. */
export interface Rule {
  /** The indexes of the callbacks among the arguments. */
  readonly indexes: 'all' | 'last' | readonly number[];
  /** Wraps one callback. */
  readonly wrap: <T>(value: T) => T;
  /** The callbacks are listeners of the receiver. */
  readonly listens: boolean;
  /** The names of the classes that the method belongs to; undefined for classes of the platform. */
  readonly classes: readonly string[] | undefined;
}

const read = new Map<string, readonly Rule[]>();

/** Parses rules as the plugin writes them: `last`, `0,1`, `last spawnListener`, `0 spawnAlike of Client;last`. */
export function rulesOf(text: string): readonly Rule[] {
  let rules = read.get(text);
  if (rules === undefined) read.set(text, (rules = text.split(';').map(ruleOf)));
  return rules;
}

function ruleOf(text: string): Rule {
  const [, places, wrapper = 'spawn', classes] = /^(\S+)(?: ([\w:]+))??(?: of (.+))?$/.exec(text)!;
  return {
    indexes: places === 'all' || places === 'last' ? places : places!.split(',').map(Number),
    wrap: wrappers[wrapper as keyof typeof wrappers] as Rule['wrap'],
    listens: wrapper.startsWith('spawnListener'),
    classes: classes?.split(','),
  };
}

/** Wraps the callbacks among the arguments of a call. Returns the arguments. */
export function applyRule({ indexes, wrap }: Rule, args: unknown[]): unknown[] {
  if (indexes === 'all') return args.map((argument) => wrap(argument));
  for (const index of indexes === 'last' ? [lastOf(args)] : indexes) {
    if (index >= 0 && index < args.length) args[index] = wrap(args[index]);
  }
  return args;
}

/** Returns the index of the last argument that is not undefined: Node accepts `readFile(path, callback, undefined)`. */
function lastOf(args: readonly unknown[]): number {
  // Hermes has no findLastIndex.
  let index = args.length - 1;
  while (index >= 0 && args[index] === undefined) index--;
  return index;
}

/** Returns the arguments of a call that spreads them, with callbacks wrapped: `f(...spawnArguments("0", ...args))`. */
export function spawnArguments(rule: string, ...args: unknown[]): unknown[] {
  return applyRule(rulesOf(rule)[0]!, args);
}
