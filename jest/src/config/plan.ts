export const PRESET = '@throughline/jest';
export const REPORTER = '@throughline/jest/reporter';
/** What there is to add, in any form of a configuration. */
export const byHand = `preset: '${PRESET}',  // or '${PRESET}/jsdom'
// and where "reporters" are named: '${REPORTER}'
// and where "transform" names babel-jest: '${PRESET}/transformer'`;

/** What is known of an option that is there: its value, or that it is computed. */
export const COMPUTED = Symbol('computed');

export interface ByHand {
  readonly why: string;
  readonly what: string;
}

export type Edit =
  | { readonly option: 'preset' }
  | { readonly option: 'reporters' }
  /** `babel-jest` becomes ours for these patterns. */
  | { readonly option: 'transform'; readonly patterns: readonly string[] };

export interface Plan {
  readonly edits: readonly Edit[];
  readonly notes: readonly string[];
  readonly byHand?: ByHand;
}

/** The rules, the same for every form of a configuration. */
export function planFor(options: ReadonlyMap<string, unknown>): Plan {
  const edits: Edit[] = [];
  const notes: string[] = [];
  const hand = (why: string): Plan => ({ edits: [], notes: [], byHand: { why, what: byHand } });

  if (options.has('projects')) {
    return hand('it names projects. Each of them needs the preset, and the reporter stands here.');
  }
  const preset = options.get('preset');
  if (preset === COMPUTED) return hand('its preset is computed.');
  if (preset === undefined) edits.push({ option: 'preset' });
  else if (!String(preset).startsWith(PRESET)) {
    return hand(
      `it has the preset ${JSON.stringify(preset)}, and Jest takes one. Leave that one out and take over ` +
        'what it gives, or spread ours: `const { throughline } = require("@throughline/jest")`, ' +
        '`...throughline()`.',
    );
  }
  const reporters = options.get('reporters');
  if (reporters === COMPUTED) notes.push(`Add "${REPORTER}" to the reporters: they are computed.`);
  else if (Array.isArray(reporters) && !reporters.flat().includes(REPORTER)) {
    edits.push({ option: 'reporters' });
  }
  if (options.has('transform')) {
    const patterns = patternsOfBabelJest(options.get('transform'));
    if (patterns === undefined) {
      return hand(
        'it has a transform that is not babel-jest: the plugin has to be in what compiles.',
      );
    }
    if (patterns.length > 0) edits.push({ option: 'transform', patterns });
  }
  if (options.has('testRunner')) {
    notes.push(
      `It has a testRunner of its own, which replaces ours: use the environment "${PRESET}/environment" ` +
        `or "${PRESET}/environment-jsdom".`,
    );
  }
  return { edits, notes };
}

/** Undefined when something else compiles code, or when that cannot be known. */
function patternsOfBabelJest(transform: unknown): string[] | undefined {
  if (typeof transform !== 'object' || transform === null) return undefined;
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
