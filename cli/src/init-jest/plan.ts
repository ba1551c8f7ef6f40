/** The name of the preset in a configuration. */
export const PRESET = '@throughline/jest';
/** The name of the reporter in a configuration. */
export const REPORTER = '@throughline/jest/reporter';
/** The lines to add by hand, shown when `init` cannot change the configuration. */
export const byHand = `const { withThroughline } = require('${PRESET}');

module.exports = withThroughline(config);  // "config" is what the file exports now`;

/** Stands for the value of an option that is computed, and so cannot be read from the file. */
export const COMPUTED = Symbol('computed');

/** Instructions for changing a configuration by hand. */
export interface ByHand {
  readonly why: string;
  readonly what: string;
}

/** One change to the options of a configuration. */
export type Edit =
  | { readonly option: 'preset' }
  | { readonly option: 'reporters' }
  /** Replaces `babel-jest` with our transformer for these patterns. */
  | { readonly option: 'transform'; readonly patterns: readonly string[] };

/**
 * How a configuration is changed: by edits of its options, or by passing the whole of it to `withThroughline`, which
 * sees what the file only computes.
 */
export type Plan =
  | { readonly way: 'edits'; readonly edits: readonly Edit[]; readonly notes: readonly string[] }
  | { readonly way: 'wrap' };

/** Decides what to change. The rules are the same for every kind of configuration. */
export function planFor(options: ReadonlyMap<string, unknown>): Plan {
  const wrap: Plan = { way: 'wrap' };
  const edits: Edit[] = [];
  if (options.has('projects')) return wrap;
  const preset = options.get('preset');
  if (preset === undefined) edits.push({ option: 'preset' });
  else if (preset !== PRESET && !String(preset).startsWith(`${PRESET}/`)) return wrap;
  const reporters = options.get('reporters');
  if (reporters === COMPUTED) return wrap;
  if (Array.isArray(reporters) && !reporters.flat().includes(REPORTER)) {
    edits.push({ option: 'reporters' });
  }
  if (options.has('transform')) {
    const patterns = patternsOfBabelJest(options.get('transform'));
    if (patterns === undefined) return wrap;
    if (patterns.length > 0) edits.push({ option: 'transform', patterns });
  }
  const note =
    `"testRunner" replaces the runner of the preset. Set "testEnvironment" to "${PRESET}/environment" ` +
    `or "${PRESET}/environment-jsdom".`;
  return { way: 'edits', edits, notes: options.has('testRunner') ? [note] : [] };
}

/** Returns undefined when another transformer handles code, or when that cannot be determined. */
function patternsOfBabelJest(transform: unknown): string[] | undefined {
  if (typeof transform !== 'object' || transform === null) return undefined;
  // Nothing is compiled, and must not be by Babel.
  if (Object.keys(transform).length === 0) return undefined;
  const patterns: string[] = [];
  for (const [pattern, written] of Object.entries(transform)) {
    const name: unknown = Array.isArray(written) ? written[0] : written;
    if (name === 'babel-jest') patterns.push(pattern);
    else if (compilesCode(pattern) && !String(name).startsWith(PRESET)) return undefined;
  }
  return patterns;
}

function compilesCode(pattern: string): boolean {
  try {
    const regexp = new RegExp(pattern);
    return ['js', 'jsx', 'ts', 'tsx', 'mjs'].some((ext) => regexp.test(`/app/a.${ext}`));
  } catch {
    return true;
  }
}
