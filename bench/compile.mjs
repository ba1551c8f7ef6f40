import { transformSync } from '@babel/core';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This checkout. `--compare` measures another one beside it. */
export const here = fileURLToPath(new URL('..', import.meta.url));
const programs = new URL('./programs/', import.meta.url);

/**
 * Compiles a benchmark program with the given plugins and returns its path. The program exports `inContext` and
 * what its sources export. The plugins, and what the program imports, are those of the checkout at `root`.
 */
export function compile(name, { source, sources = [source], head, plugins = [] }, root = here) {
  const cache = join(root, '.cache', 'bench');
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${name}.mjs`);
  const parts = sources.map((one) => readFileSync(new URL(one, programs), 'utf8'));
  const code = [head, 'export { inContext };', ...parts].join('\n');
  const result = transformSync(code, {
    ...{ configFile: false, babelrc: false, filename: file, cwd: root, plugins },
  });
  writeFileSync(file, result.code);
  return file;
}
