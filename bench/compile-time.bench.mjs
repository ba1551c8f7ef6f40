import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loop } from './measure.mjs';

const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url));

const plugins = {
  nothing: [],
  throughline: ['@throughline/babel-plugin'],
  // Left to itself it passes over files outside of the folder, and tests: over all of these.
  'babel-plugin-istanbul': [['babel-plugin-istanbul', { cwd: '/app', exclude: [] }]],
};

export default [
  {
    name: 'compile',
    question: 'what does a line of TypeScript cost to compile?',
    unit: 'line',
    budget: { throughline: 1.35 },
    cases: Object.entries(plugins).map(([title, list]) => ({
      title,
      measure: loop(() => program(title, list), 25_000, 3),
    })),
  },
];

function program(title, list) {
  mkdirSync(cache, { recursive: true });
  const file = `${cache}compile-${title}.mjs`;
  const code = `import { compiler } from '../../bench/programs/compile-sources.mjs';
export const inContext = (run) => run();
export const loop = compiler(${JSON.stringify(list)});
`;
  writeFileSync(file, code);
  return file;
}
