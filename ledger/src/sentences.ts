import type { Finding, FindingKind } from './findings.js';

/** Separates the names of events inside the quotes of the sentence. */
export const AND = '", "';

/** The sentence for each kind. It follows the name of the test and a colon, and contains no colon itself. */
const sentences: { [K in FindingKind]: (finding: Finding) => string } = {
  'late-console': ({ what }) => `${what}() was called after the test finished`,
  'late-expect': ({ what }) => `${what}() ran after the test finished`,
  'late-require': ({ what }) => `${what} was loaded after the test finished`,
  'unawaited-expect': ({ what }) => `${what}() ran in a promise that was not awaited`,
  rejection: () => 'unhandled promise rejection',
  exception: () => 'uncaught exception',
  'open-handle': ({ what }) => `${article(what)} is still open`,
  listener: ({ what }) =>
    what.includes(AND)
      ? `listeners for "${what}" were not removed`
      : `a listener for "${what}" was not removed`,
  'pending-async': ({ what }) => `${what} is still pending`,
  'slept-time': ({ what }) => `the test waited ${what} of real time`,
  'fake-timers': ({ what }) => `${what} left in fake timers`,
};

/** The name of a kind in a summary, by number. */
const nouns: { readonly [K in FindingKind]: readonly [one: string, many: string] } = {
  'late-console': ['late log', 'late logs'],
  'late-expect': ['late expect', 'late expects'],
  'late-require': ['late require', 'late requires'],
  'unawaited-expect': ['expect that was not awaited', 'expects that were not awaited'],
  rejection: ['unhandled rejection', 'unhandled rejections'],
  exception: ['uncaught exception', 'uncaught exceptions'],
  'open-handle': ['open handle', 'open handles'],
  listener: ['listener that was not removed', 'listeners that were not removed'],
  'pending-async': ['pending call', 'pending calls'],
  'slept-time': ['test that waited in real time', 'tests that waited in real time'],
  'fake-timers': ['left-over fake timer', 'left-over fake timers'],
};

/** Returns a finding as one line: the test, the sentence, and how often it was found. */
export function headline(finding: Finding): string {
  const { owner, times } = finding;
  const often = times > 1 ? ` (${times} times)` : '';
  return `${owner.name}: ${sentenceOf(finding)}${often}`;
}

/** Returns what was found, without the test. */
export function sentenceOf(finding: Finding): string {
  return sentences[finding.kind](finding);
}

/** Returns a number of findings of one kind: `"1 open handle"`. */
export function countOf(kind: FindingKind, count: number): string {
  return `${count} ${nouns[kind][count === 1 ? 0 : 1]}`;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
