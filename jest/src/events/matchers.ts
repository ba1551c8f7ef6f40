import { chain, commonCause, relation } from './ancestry.js';
import type { Graph, Relation } from './ancestry.js';
import type { Event } from './event.js';
import { findEvent, idOf, nameOf } from './find-event.js';
import type { CausalMatchers } from './matcher-types.js';
import type { TestRun } from './test-run.js';

/** What `expect` gives a matcher, as far as it is used. */
interface Context {
  readonly isNot?: boolean;
  readonly promise?: string;
  readonly utils: {
    matcherHint(name: string, received: string, expected: string, options: object): string;
  };
}
type Matcher = (
  this: Context,
  received: unknown,
  expected: unknown,
) => { pass: boolean; message: () => string };

interface Verb {
  readonly did: string;
  readonly not: string;
}

/** Each says the same of two events, in other words. */
const verbs: { readonly [K in keyof CausalMatchers<unknown>]: Verb } = {
  toHaveCaused: { did: 'caused', not: 'did not cause' },
  toHappenBefore: { did: 'happened before', not: 'did not happen before' },
};

/** Why one event did not come before another. */
const reasons: Readonly<Record<Exclude<Relation, 'before'>, string>> = {
  after: 'it is the other way round',
  same: 'they are one event',
  apart: 'neither came before the other',
};

/** The longest chain that is shown whole, and how much of a longer one is at either end. */
const WHOLE = 12;
const END = 5;

/** The matchers, which ask about the events of the test that is running. */
export function causalMatchers(current: () => TestRun | undefined): Record<string, Matcher> {
  return Object.fromEntries(
    Object.entries(verbs).map(([name, verb]) => [name, matcher(name, verb, current)]),
  );
}

function matcher(name: string, verb: Verb, current: () => TestRun | undefined): Matcher {
  return function (received, expected) {
    const { isNot = false, promise = '' } = this;
    const hint = this.utils.matcherHint(name, 'event', 'other', { isNot, promise });
    const run = current();
    const answer = (pass: boolean, lines: () => readonly string[]): ReturnType<Matcher> => ({
      pass,
      message: () => [hint, '', ...lines(), ...(run ? lost(run) : [])].join('\n'),
    });
    const one = findEvent(run, 'event', received);
    const other = findEvent(run, 'other event', expected);
    // Who names no event has made a mistake, also with `.not`.
    if ('problem' in one) return answer(isNot, () => [one.problem]);
    if ('problem' in other) return answer(isNot, () => [other.problem]);
    const { events } = run!;
    const is = relation(events, one.event, other.event);
    return answer(is === 'before', () => said(events, one.event, other.event, is, verb));
  };
}

function said(graph: Graph, one: Event, other: Event, is: Relation, { did, not }: Verb): string[] {
  const events = [one, other].map((event) => `  ${nameOf(event)} is ${idOf(event)}`);
  const [a, b] = [nameOf(one), nameOf(other)];
  const sentence = is === 'before' ? `${a} ${did} ${b}` : `${a} ${not} ${b}: ${reasons[is]}`;
  const { note, chains } = shown(graph, one, other, is);
  return [
    `${sentence}.${note}`,
    ...(chains.length > 0 ? ['', ...chains.map((events) => `  ${drawn(events)}`)] : []),
    '',
    ...events,
  ];
}

/** The chains by which a person sees how it is. */
function shown(
  graph: Graph,
  one: Event,
  other: Event,
  is: Relation,
): { note: string; chains: Event[][] } {
  if (is === 'same') return { note: '', chains: [] };
  if (is === 'before') return { note: '', chains: [chain(graph, one, other)] };
  if (is === 'after') return { note: '', chains: [chain(graph, other, one)] };
  const cause = commonCause(graph, one, other);
  if (cause === undefined) return { note: ' There is no event that both come after.', chains: [] };
  const chains = [one, other].map((event) => chain(graph, cause, event));
  return { note: ` Both come after ${nameOf(cause)}.`, chains };
}

function drawn(events: readonly Event[]): string {
  const names = events.map(nameOf);
  const left = names.length - 2 * END;
  const some =
    names.length <= WHOLE
      ? names
      : [...names.slice(0, END), `… ${left} more …`, ...names.slice(-END)];
  return some.join(' → ');
}

function lost({ forgotten, events }: TestRun): string[] {
  if (forgotten === 0) return [];
  return [
    '',
    `Of the events of this test, the newest ${events.size} are known; ${forgotten} are not.`,
  ];
}
