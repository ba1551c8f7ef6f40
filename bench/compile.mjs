import { transformSync } from '@babel/core';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
const programs = new URL('./programs/', import.meta.url);

/**
 * Compiles a benchmark program with the given plugins and returns its path. The program exports `inContext` and
 * what its sources export.
 */
export function compile(name, { source, sources = [source], head, plugins = [] }) {
  mkdirSync(cache, { recursive: true });
  const file = `${cache}${name}.mjs`;
  const parts = sources.map((one) => readFileSync(new URL(one, programs), 'utf8'));
  const code = [head, 'export { inContext };', ...parts].join('\n');
  const result = transformSync(code, {
    ...{ configFile: false, babelrc: false, filename: file, plugins },
  });
  writeFileSync(file, result.code);
  return file;
}
