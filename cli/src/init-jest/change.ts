import type { types as t } from '@babel/core';
import MagicString from 'magic-string';
import type { ConfigKind } from './find.js';
import { byHand, planFor, PRESET } from './plan.js';
import type { ByHand } from './plan.js';
import { configObject, keyOf, objectAt, parse, parseJson, valueOf } from './read.js';
import { addPreset, addReporter, replaceTransformer, wrapExport } from './edits.js';
import type { Style } from './edits.js';

/** The changed configuration, or instructions for changing it by hand. */
export interface Change {
  readonly text: string;
  /** Settings that the user should check after the change. */
  readonly notes: readonly string[];
  readonly byHand?: ByHand;
  /** The program that the configuration is moved to, because its own file cannot call a function. */
  readonly moved?: { readonly name: string; readonly text: string };
}

/**
 * Changes the text of a configuration so that its tests are watched, and leaves the rest as it is. Throws
 * `TL_CONFIG_UNREADABLE` when the text cannot be parsed.
 */
export function change(text: string, kind: ConfigKind, file: string): Change {
  return kind === 'program' ? changeProgram(text, file) : changeJson(text, kind, file);
}

function changeProgram(text: string, file: string): Change {
  const tree = parse(text, file);
  const object = configObject(tree);
  const hasSpread = object?.properties.some(({ type }) => type !== 'ObjectProperty');
  const changed = object && !hasSpread ? changeObject(text, object, { quoted: false }) : undefined;
  if (changed) return changed;
  const wrapped = wrapExport(text, tree);
  if (wrapped !== undefined) return { text: wrapped, notes: [] };
  return {
    text,
    notes: [],
    byHand: { why: 'it exports nothing that is known here.', what: byHand },
  };
}

function changeJson(text: string, kind: ConfigKind, file: string): Change {
  const root = parseJson(text, file);
  const object = kind === 'json' ? root : objectAt(root, 'jest');
  if (object) {
    return changeObject(text, object, { quoted: true }) ?? moved(text, kind);
  }
  if (root.properties.some((one) => one.type === 'ObjectProperty' && keyOf(one) === 'jest')) {
    const why = 'its key "jest" names another file.';
    return { text, notes: [], byHand: { why, what: byHand } };
  }
  // A package.json without a `jest` key. npm formats the file in the same way.
  const manifest = { ...(JSON.parse(text) as object), jest: { preset: PRESET } };
  return { text: json(manifest, text), notes: [] };
}

/** Moves a configuration out of JSON, which cannot call `withThroughline`, into a program. */
function moved(text: string, kind: ConfigKind): Change {
  const { jest, ...manifest } = JSON.parse(text) as Record<string, unknown>;
  const config = kind === 'json' ? (JSON.parse(text) as object) : jest;
  const program = `const { withThroughline } = require('${PRESET}');

module.exports = withThroughline(${JSON.stringify(config, undefined, 2)});
`;
  return {
    text: kind === 'json' ? '' : json(manifest, text),
    notes: [],
    moved: { name: 'jest.config.cjs', text: program },
  };
}

function json(value: object, like: string): string {
  return `${JSON.stringify(value, undefined, indentOf(like))}\n`;
}

/** Edits an object literal in place. Returns undefined where edits are not enough. */
function changeObject(
  text: string,
  object: t.ObjectExpression,
  { quoted }: { quoted: boolean },
): Change | undefined {
  const nodes = new Map<string, t.Node>();
  for (const property of object.properties) {
    const name = property.type === 'ObjectProperty' ? keyOf(property) : undefined;
    if (name !== undefined) nodes.set(name, (property as t.ObjectProperty).value);
  }
  const plan = planFor(new Map([...nodes].map(([name, node]) => [name, valueOf(node)])));
  if (plan.way === 'wrap') return undefined;

  const quote = quoted || text.split('"').length > text.split("'").length ? '"' : "'";
  const style: Style = { quoted, text: (value) => `${quote}${value}${quote}` };
  const changed = new MagicString(text);
  for (const edit of plan.edits) {
    const node = nodes.get(edit.option);
    if (edit.option === 'preset') addPreset(changed, object, style);
    else if (edit.option === 'reporters') addReporter(changed, node as t.ArrayExpression, style);
    else {
      for (const pattern of edit.patterns) {
        replaceTransformer(changed, node as t.ObjectExpression, pattern, style);
      }
    }
  }
  return { text: changed.toString(), notes: plan.notes };
}

function indentOf(text: string): string | number {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? 2;
}
