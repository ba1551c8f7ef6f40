/** The name of the preset in a configuration. */
export const PRESET = '@throughline/jest';
/** The name of the reporter in a configuration. */
export const REPORTER = '@throughline/jest/reporter';
/** The lines to add by hand, shown when `init` cannot change the configuration. */
export const byHand = `preset: '${PRESET}',  // or '${PRESET}/jsdom'
// If "reporters" is set, add '${REPORTER}' to it.
// If "transform" uses 'babel-jest', replace it with '${PRESET}/transformer'.`;

/** Stands for the value of an option that is computed, and so cannot be read from the file. */
export const COMPUTED = Symbol('computed');

/** Instructions for changing a configuration by hand. */
export interface ByHand {
  readonly why: string;
  readonly what: string;
}

/** One change to a configuration. */
export type Edit =
  | { readonly option: 'preset' }
  | { readonly option: 'reporters' }
  /** Replaces `babel-jest` with our transformer for these patterns. */
  | { readonly option: 'transform'; readonly patterns: readonly string[] };

/** The changes to make, or instructions for making them by hand. */
export interface Plan {
  readonly edits: readonly Edit[];
  readonly notes: readonly string[];
  readonly byHand?: ByHand;
}

/** Decides what to change. The rules are the same for every kind of configuration. */
export function planFor(options: ReadonlyMap<string, unknown>): Plan {
  const edits: Edit[] = [];
  const notes: string[] = [];
  const hand = (why: string): Plan => ({ edits: [], notes: [], byHand: { why, what: byHand } });

  if (options.has('projects')) {
    return hand(
      'it uses "projects". Add the preset to each project and the reporter to this file.',
    );
  }
  const preset = options.get('preset');
  if (preset === COMPUTED) return hand('its "preset" is computed.');
  if (preset === undefined) edits.push({ option: 'preset' });
  else if (preset !== PRESET && !String(preset).startsWith(`${PRESET}/`)) {
    return hand(
      `it uses the preset ${JSON.stringify(preset)}, and Jest accepts only one. Replace it and copy its ` +
        'settings, or spread ours: `const { throughline } = require("@throughline/jest")`, ' +
        '`...throughline()`.',
    );
  }
  const reporters = options.get('reporters');
  if (reporters === COMPUTED) notes.push(`"reporters" is computed. Add "${REPORTER}" to it.`);
  else if (Array.isArray(reporters) && !reporters.flat().includes(REPORTER)) {
    edits.push({ option: 'reporters' });
  }
  if (options.has('transform')) {
    const patterns = patternsOfBabelJest(options.get('transform'));
    if (patterns === undefined) {
      return hand(
        'its "transform" uses a transformer other than babel-jest. Add @throughline/babel-plugin to it.',
      );
    }
    if (patterns.length > 0) edits.push({ option: 'transform', patterns });
  }
  if (options.has('testRunner')) {
    notes.push(
      `"testRunner" replaces the runner of the preset. Set "testEnvironment" to "${PRESET}/environment" ` +
        `or "${PRESET}/environment-jsdom".`,
    );
  }
  return { edits, notes };
}

/** Returns undefined when another transformer handles code, or when that cannot be determined. */
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
