import { failing, listening } from '../listeners/emitters.js';
import { members } from './objects-of-callbacks.js';
import { spawn, spawnAlike, spawnEach } from './spawn.js';
import { stages } from './pipeline-stages.js';

/** What stands for a callback, as the plugin names it. */
const standIns = {
  ...{ spawn, spawnAlike, spawnEach, failing, listening, members, stages },
  'listening:registration': <F>(listener: F): F => listening(listener, 'registration'),
  'listening:trigger': <F>(listener: F): F => listening(listener, 'trigger'),
};

/** Which arguments of a call are callbacks, and what stands for them. */
export interface Rule {
  readonly places: 'all' | 'last' | readonly number[];
  readonly standIn: <T>(value: T) => T;
  /** The callbacks are listeners of the receiver. */
  readonly listens: boolean;
  /** Names of the classes that a method belongs to; without them, the platform's own. */
  readonly classes: readonly string[] | undefined;
}

const read = new Map<string, readonly Rule[]>();

/** Reads rules as the plugin writes them: `last`, `0,1`, `last listening`, `0 spawnAlike of Client;last`. */
export function rulesOf(text: string): readonly Rule[] {
  let rules = read.get(text);
  if (rules === undefined) read.set(text, (rules = text.split(';').map(ruleOf)));
  return rules;
}

function ruleOf(text: string): Rule {
  const [, places, standIn = 'spawn', classes] = /^(\S+)(?: ([\w:]+))??(?: of (.+))?$/.exec(text)!;
  return {
    places: places === 'all' || places === 'last' ? places : places!.split(',').map(Number),
    standIn: standIns[standIn as keyof typeof standIns] as Rule['standIn'],
    listens: standIn.startsWith('listening'),
    classes: classes?.split(','),
  };
}

/** Puts stand-ins where the callbacks of a call are. */
export function applyRule({ places, standIn }: Rule, args: unknown[]): unknown[] {
  if (places === 'all') return args.map((argument) => standIn(argument));
  for (const place of places === 'last' ? [lastOf(args)] : places) {
    if (place >= 0 && place < args.length) args[place] = standIn(args[place]);
  }
  return args;
}

/** Node takes `readFile(path, callback, undefined)` too. */
function lastOf(args: readonly unknown[]): number {
  return args.findLastIndex((argument) => argument !== undefined);
}

/** The arguments of a call that spreads them: `f(...spawnArguments("0", ...args))`. */
export function spawnArguments(rule: string, ...args: unknown[]): unknown[] {
  return applyRule(rulesOf(rule)[0]!, args);
}
