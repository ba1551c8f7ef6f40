import { chain, commonCause, relation } from './ancestry.js';
import type { Graph, Relation } from './ancestry.js';
import type { TestEvent } from './event.js';
import { findEvent, idOf, nameOf } from './find-event.js';
import type { CausalMatchers } from './matcher-types.js';
import type { TestRun } from './test-run.js';

/** The part of the context of an `expect` matcher that is used here. */
interface MatcherContext {
  readonly isNot?: boolean;
  readonly promise?: string;
  readonly utils: {
    matcherHint(name: string, received: string, expected: string, options: object): string;
  };
}
type Matcher = (
  this: MatcherContext,
  received: unknown,
  expected: unknown,
) => { pass: boolean; message: () => string };

interface Verb {
  readonly did: string;
  readonly not: string;
}

/** The wording of each matcher. Both make the same check. */
const verbs: { readonly [K in keyof CausalMatchers<unknown>]: Verb } = {
  toHaveCaused: { did: 'caused', not: 'did not cause' },
  toHappenBefore: { did: 'happened before', not: 'did not happen before' },
};

/** Reasons why one event did not come before another. */
const reasons: Readonly<Record<Exclude<Relation, 'before'>, string>> = {
  after: 'the order is reversed',
  same: 'they are the same event',
  apart: 'neither came before the other',
};

/** The longest chain that is shown in full, and how many events of a longer one are shown at each end. */
const WHOLE = 12;
const END = 5;

/** Returns the matchers for `expect.extend`. They read the events of the current run. */
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
      message: () => [hint, '', ...lines(), ...(run ? droppedNote(run) : [])].join('\n'),
    });
    const one = findEvent(run, 'event', received);
    const other = findEvent(run, 'other event', expected);
    // A name without an event is a mistake, so the assertion fails with `.not` as well.
    if ('problem' in one) return answer(isNot, () => [one.problem]);
    if ('problem' in other) return answer(isNot, () => [other.problem]);
    const { events } = run!;
    const is = relation(events, one.event, other.event);
    return answer(is === 'before', () => explainRelation(events, one.event, other.event, is, verb));
  };
}

function explainRelation(
  graph: Graph,
  one: TestEvent,
  other: TestEvent,
  is: Relation,
  { did, not }: Verb,
): string[] {
  const events = [one, other].map((event) => `  ${nameOf(event)} is ${idOf(event)}`);
  const [a, b] = [nameOf(one), nameOf(other)];
  const sentence = is === 'before' ? `${a} ${did} ${b}` : `${a} ${not} ${b}: ${reasons[is]}`;
  const { note, chains } = explainingChains(graph, one, other, is);
  return [
    `${sentence}.${note}`,
    ...(chains.length > 0 ? ['', ...chains.map((events) => `  ${formatChain(events)}`)] : []),
    '',
    ...events,
  ];
}

/** Returns the chains of events that explain a relation. */
function explainingChains(
  graph: Graph,
  one: TestEvent,
  other: TestEvent,
  is: Relation,
): { note: string; chains: TestEvent[][] } {
  if (is === 'same') return { note: '', chains: [] };
  if (is === 'before') return { note: '', chains: [chain(graph, one, other)] };
  if (is === 'after') return { note: '', chains: [chain(graph, other, one)] };
  const cause = commonCause(graph, one, other);
  if (cause === undefined) return { note: ' No event comes before both.', chains: [] };
  const chains = [one, other].map((event) => chain(graph, cause, event));
  return { note: ` Both come after ${nameOf(cause)}.`, chains };
}

function formatChain(events: readonly TestEvent[]): string {
  const names = events.map(nameOf);
  const left = names.length - 2 * END;
  const some =
    names.length <= WHOLE
      ? names
      : [...names.slice(0, END), `… ${left} more …`, ...names.slice(-END)];
  return some.join(' → ');
}

function droppedNote({ droppedCount, events }: TestRun): string[] {
  if (droppedCount === 0) return [];
  return [
    '',
    `Only the last ${events.size} events of this test are kept; ${droppedCount} earlier ones were dropped.`,
  ];
}
