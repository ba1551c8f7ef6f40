import { invalidOption } from './errors.js';

const NAME = /^(?:@[\w.-]+\/)?[\w.-]+$|^@[\w.-]+$/;

/**
 * The `transformIgnorePatterns` that let chosen packages of node_modules be compiled, and no package
 * that they bring along below themselves.
 */
export function packagesToCompile(names: readonly string[]): string[] {
  for (const name of names) {
    if (!NAME.test(name)) throw invalidOption('include', 'a list of names of packages', name);
  }
  const chosen = names.map((name) => name.replaceAll('.', '\\.')).join('|');
  // pnpm keeps a package in `node_modules/.pnpm/NAME@VERSION/node_modules/NAME`.
  return [
    `[\\\\/]node_modules[\\\\/](?!\\.pnpm[\\\\/]|(?:${chosen})[\\\\/])`,
    '\\.pnp\\.[^\\\\/]+$',
  ];
}
