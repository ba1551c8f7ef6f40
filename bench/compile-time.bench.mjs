import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loop } from './measure.mjs';

const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url));

const plugins = {
  nothing: [],
  throughline: ['@throughline/babel-plugin'],
  'throughline, with causes': [['@throughline/babel-plugin', { causes: true }]],
  // By default it skips tests and files outside its folder, which are all of these.
  'babel-plugin-istanbul': [['babel-plugin-istanbul', { cwd: '/app', exclude: [] }]],
};

const compiling = (corpus, lines) =>
  Object.entries(plugins).map(([title, list]) => ({
    title,
    measure: loop(() => program(title, list, corpus), lines, 3),
  }));

export default [
  {
    name: 'compile',
    question: 'what does a line of TypeScript cost to compile?',
    unit: 'line',
    budget: { throughline: 1.35 },
    cases: compiling('sources', 40_000),
  },
  {
    name: 'compile-tests',
    group: 'compile',
    question: 'what does a line cost where almost every line has a spawn point?',
    unit: 'line',
    cases: compiling('tests', 25_000),
  },
];

function program(title, list, corpus) {
  mkdirSync(cache, { recursive: true });
  const file = `${cache}compile-${corpus}-${title.replace(/\W+/g, '-')}.mjs`;
  const code = `import { compiler } from '../../bench/programs/compile-sources.mjs';
export const inContext = (run) => run();
export const loop = compiler(${JSON.stringify(list)}, ${JSON.stringify(corpus)});
`;
  writeFileSync(file, code);
  return file;
}
