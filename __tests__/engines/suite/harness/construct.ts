// What a suite registers its cases with, and what runs them. Not compiled: a case is called by code
// outside every strand, as a program is by its platform.
import type { Need } from './needs';
import { inMicrotask, turn } from './uncompiled';

export interface Case {
  readonly construct: string;
  readonly name: string;
  readonly needs: readonly Need[];
  /** Throws, or rejects, when something is wrong. */
  readonly run: () => unknown;
}

/** One line of what an engine answers, as JSON. The first one names every case. */
export type Line =
  | { readonly cases: readonly (readonly [construct: string, name: string])[] }
  | { readonly index: number; readonly outcome: 'passed' }
  | { readonly index: number; readonly outcome: 'failed'; readonly error: string }
  | { readonly index: number; readonly outcome: 'absent'; readonly lacks: string };

/** Every case of the modules that were imported. */
export const cases: Case[] = [];

/** Names a row of the table; what it returns adds a case to it. */
export function construct(
  name: string,
  ...needs: readonly Need[]
): (title: string, run: () => unknown, ...more: readonly Need[]) => void {
  return (title, run, ...more) => {
    cases.push({ construct: name, name: title, needs: [...needs, ...more], run });
  };
}

/** Runs every case, one after the other. `isRoot` says whether the current frame is the root frame. */
export async function runAll(isRoot: () => boolean, report: (line: string) => void): Promise<void> {
  const say = (line: Line): void => report(JSON.stringify(line));
  say({ cases: cases.map((one) => [one.construct, one.name] as const) });
  await lookAtClock();
  for (const [index, { needs, run }] of cases.entries()) {
    const lacks = await firstLack(needs);
    if (lacks) {
      say({ index, outcome: 'absent', lacks: lacks.what });
      continue;
    }
    try {
      await runCase(run, isRoot);
      say({ index, outcome: 'passed' });
    } catch (error) {
      say({ index, outcome: 'failed', error: textOf(error) });
    }
  }
}

/** Runs one case, to its end and a turn longer. */
export async function runCase(run: () => unknown, isRoot: () => boolean): Promise<void> {
  await settledInTime(inMicrotask(run));
  if (!isRoot()) throw new Error('the frame of the case is current after its end');
  await turn();
  if (!isRoot()) throw new Error('a frame of the case is current a turn later');
}

async function firstLack(needs: readonly Need[]): Promise<Need | undefined> {
  for (const need of needs) if (!(await need.isHere)) return need;
  return undefined;
}

const LIMIT_MS = 10_000;

/** Where the engine has no clock, its host sees that nothing is left to do. */
function settledInTime(promise: Promise<unknown>): Promise<unknown> {
  if (!timersWait) return promise;
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`not settled in ${LIMIT_MS} ms`)), LIMIT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(limit));
  });
}

const PAUSE_MS = 20;
/** Some engines' timers run as soon as nothing else does, whatever the delay. */
let timersWait = false;

async function lookAtClock(): Promise<void> {
  if (typeof setTimeout !== 'function' || typeof clearTimeout !== 'function') return;
  const before = Date.now();
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  timersWait = Date.now() - before >= PAUSE_MS / 2;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = (error.stack ?? '')
    .split('\n')
    .filter((line) => line !== `${error.name}: ${error.message}`);
  return [`${error.name}: ${error.message}`, ...stack.slice(0, 3)].join('\n');
}
