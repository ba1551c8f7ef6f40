import { compile } from './compile.mjs';

const lowered = { plugins: ['@babel/plugin-transform-async-to-generator'] };
const instrumented = { plugins: ['@throughline/babel-plugin'] };

/** Before the loop runs: what a user of each would have set up. */
const setUp = {
  nothing: '',
  // A slot with a `join`, set where the loop runs: joins are on.
  throughline: `
    import { register, setLocal } from '@throughline/runtime';
    const slot = register(0, { join: (mine, theirs) => Math.max(mine, theirs) });
    const inContext = (run) => (setLocal(slot, 1), run());`,
  AsyncLocalStorage: `
    import { AsyncLocalStorage } from 'node:async_hooks';
    const storage = new AsyncLocalStorage();
    const inContext = (run) => storage.run({ user: 1 }, run);`,
  'zone.js, async lowered': `
    import 'zone.js';
    const inContext = (run) => Zone.current.fork({ name: 'task' }).run(run);`,
};
const options = { throughline: instrumented, 'zone.js, async lowered': lowered };
/** zone.js is an order of magnitude slower: fewer awaits tell as much. */
const counts = { 'zone.js, async lowered': 100_000 };

function benchmark(name, question) {
  return {
    name,
    question,
    unit: 'await',
    budget: { throughline: 1.5 },
    cases: Object.keys(setUp).map((title) => ({
      title,
      count: counts[title] ?? 1_000_000,
      file: () =>
        compile(`${name}-call-${title}`.replace(/\W+/g, '-'), {
          source: `${name === 'await' ? 'await-call' : name}.js`,
          head: setUp[title] || 'const inContext = (run) => run();',
          ...options[title],
        }),
    })),
  };
}

export default [
  benchmark('await', 'await of an async function, in a loop that does nothing else'),
  benchmark('await-value', 'await of a plain value, in a loop that does nothing else'),
];
