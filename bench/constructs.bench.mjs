import { compile } from './compile.mjs';
import {
  contexts,
  withBridge,
  withCauses,
  withFaces,
  withoutZone,
  withTenVariables,
} from './contexts.mjs';
import { loop } from './measure.mjs';

/** Divides the iterations of zone.js, which is an order of magnitude slower. */
const SLOWER = 10;
const RUNS = 20;

/**
 * A `budget` is the ratio that a build must not exceed, with room for a noisy machine: the command exits with 1. A
 * `goal` is the ratio that the project wants, and is only printed.
 */
const constructs = [
  {
    name: 'await',
    question: 'await of an async function, in a loop that does nothing else',
    ...{ unit: 'await', count: 150_000, source: 'await-call.js' },
    budget: { throughline: 1.7 },
    goal: { throughline: 1.3 },
    contexts: { ...contexts, ...withBridge, ...withCauses },
  },
  {
    name: 'await-value',
    question: 'await of a plain value, in a loop that does nothing else',
    ...{ unit: 'await', count: 150_000 },
    contexts: { ...contexts, ...withBridge },
    budget: { throughline: 1.5 },
    goal: { throughline: 1.3 },
  },
  {
    name: 'async-call',
    question: 'call of an async function that awaits a value and is itself awaited',
    ...{ unit: 'call', count: 100_000 },
    contexts: { ...contexts, ...withBridge },
    budget: { throughline: 1.7 },
    goal: { throughline: 1.3 },
  },
  {
    name: 'await-10-variables',
    question: 'await of an async function, with ten variables set',
    ...{ unit: 'await', count: 150_000, source: 'await-call.js' },
    budget: { throughline: 1.7 },
    goal: { throughline: 1.3 },
    contexts: withTenVariables,
  },
  {
    name: 'then',
    question: 'a chain of 300,000 `then` calls',
    ...{ unit: 'then', count: 300_000, runs: 5 },
    // On Node 24, the chain of "nothing" is just as large as the young generation, so that it is never copied: one of 350,000
    // takes four times as long a link, and a closure more for each of 300,000 too.
    budget: { throughline: 10 },
    goal: { throughline: 2.5 },
    contexts: { ...contexts, ...withBridge },
  },
  {
    name: 'then-1000',
    question: 'a chain of 1,000 `then` calls',
    ...{ unit: 'then', count: 1_000, runs: 500, source: 'then.js' },
    budget: { throughline: 3.5 },
    goal: { throughline: 2.5 },
    contexts: { ...contexts, ...withBridge },
  },
  {
    name: 'promise-all-100',
    question: 'Promise.all over 100 async functions, awaited',
    ...{ unit: 'part', count: 50_000 },
  },
  {
    name: 'set-timeout',
    group: 'timers',
    question: 'setTimeout, 20,000 at once',
    ...{ unit: 'timer', count: 20_000 },
    budget: { throughline: 1.4 },
    goal: { throughline: 1.2 },
    contexts: { ...contexts, ...withBridge, ...withCauses },
  },
  {
    name: 'set-immediate',
    group: 'timers',
    question: 'setImmediate, 1,000 at once',
    ...{ unit: 'timer', count: 100_000 },
    budget: { throughline: 1.9 },
    goal: { throughline: 1.3 },
    contexts: { ...contexts, ...withBridge, ...withCauses },
  },
  {
    name: 'microtask',
    question: 'queueMicrotask, 1,000 at once',
    ...{ unit: 'microtask', count: 150_000 },
    budget: { throughline: 1.7 },
    goal: { throughline: 1.5 },
  },
  {
    name: 'emit',
    question: 'emit to one listener that adds a number',
    ...{ unit: 'emit', count: 300_000 },
    budget: { throughline: 2 },
    goal: { throughline: 2 },
  },
  {
    name: 'async-generator',
    question: 'for await over an async generator that does nothing else',
    ...{ unit: 'step', count: 50_000 },
    contexts: withoutZone,
  },
  {
    name: 'variable-get',
    question: 'read a value: Variable.get, getStore, Zone.get',
    ...{ unit: 'read', count: 2_000_000 },
    budgetNs: { throughline: 5 },
    contexts: withFaces,
  },
  {
    name: 'variable-run',
    question: 'call a function with a value set: Variable.run, storage.run, Zone.fork and run',
    ...{ unit: 'run', count: 300_000 },
    contexts: withFaces,
  },
  {
    name: 'spawn-closure',
    question: 'a closure that is bound to the current context and called once',
    ...{ unit: 'closure', count: 100_000 },
    contexts: withFaces,
  },
  {
    name: 'async-closure',
    question: 'an async closure that is created, called and awaited',
    ...{ unit: 'closure', count: 100_000 },
    budget: { throughline: 2 },
    goal: { throughline: 1.8 },
  },
];

export default constructs.map(
  ({ source, contexts: given = contexts, count, runs = RUNS, ...construct }) => ({
    ...construct,
    cases: Object.entries(given).map(([title, { slow = false, ...context }]) => ({
      title,
      ours: title.startsWith('throughline'),
      measure: loop(
        (root) =>
          compile(
            `${construct.name}-${title}`.replace(/\W+/g, '-'),
            { source: source ?? `${construct.name}.js`, ...context },
            root,
          ),
        slow ? count / SLOWER : count,
        runs,
        context.env,
      ),
    })),
  }),
);
