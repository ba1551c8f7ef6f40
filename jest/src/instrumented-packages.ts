import { invalidOption } from '@throughline/ledger';

const NAME = /^(?:@[\w.-]+\/)?[\w.-]+$|^@[\w.-]+$/;

/**
 * Returns the `transformIgnorePatterns` that make Jest transform the named packages of node_modules, but not
 * the packages nested inside them.
 *
 * Names are packages (`"knex"`) or scopes (`"@acme"`). Throws `TL_OPTION_INVALID` for any other string.
 *
 * @example
 * module.exports = { transformIgnorePatterns: packagesToInstrument(['knex', '@acme']) };
 */
export function packagesToInstrument(names: readonly string[]): string[] {
  for (const name of names) {
    if (!NAME.test(name)) throw invalidOption('include', 'an array of package names', name);
  }
  const chosen = names.map((name) => name.replaceAll('.', '\\.')).join('|');
  // pnpm keeps a package in `node_modules/.pnpm/NAME@VERSION/node_modules/NAME`.
  return [
    `[\\\\/]node_modules[\\\\/](?!\\.pnpm[\\\\/]|(?:${chosen})[\\\\/])`,
    '\\.pnp\\.[^\\\\/]+$',
  ];
}
