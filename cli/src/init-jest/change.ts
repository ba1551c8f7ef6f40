import type { types as t } from '@babel/core';
import MagicString from 'magic-string';
import type { ConfigKind } from './find.js';
import { byHand, planFor, PRESET } from './plan.js';
import type { ByHand } from './plan.js';
import { configObject, keyOf, objectAt, parse, parseJson, valueOf } from './read.js';
import { addPreset, addReporter, replaceTransformer } from './edits.js';
import type { Style } from './edits.js';

/** The changed configuration, or instructions for changing it by hand. */
export interface Change {
  readonly text: string;
  /** Settings that the user should check after the change. */
  readonly notes: readonly string[];
  readonly byHand?: ByHand;
}

/**
 * Adds the preset to the text of a configuration and leaves the rest as it is. Throws `TL_CONFIG_UNREADABLE`
 * when the text cannot be parsed.
 */
export function change(text: string, kind: ConfigKind, file: string): Change {
  if (kind === 'program') {
    const object = configObject(parse(text, file));
    if (object) return changeObject(text, object, { quoted: false });
    return { text, notes: [], byHand: { why: 'the configuration is computed.', what: byHand } };
  }
  const root = parseJson(text, file);
  const object = kind === 'json' ? root : objectAt(root, 'jest');
  if (object) return changeObject(text, object, { quoted: true });
  if (root.properties.some((one) => one.type === 'ObjectProperty' && keyOf(one) === 'jest')) {
    const why = 'its key "jest" names another file.';
    return { text, notes: [], byHand: { why, what: byHand } };
  }
  // A package.json without a `jest` key. npm formats the file in the same way.
  const manifest = { ...(JSON.parse(text) as object), jest: { preset: PRESET } };
  return { text: `${JSON.stringify(manifest, undefined, indentOf(text))}\n`, notes: [] };
}

/** Edits an object literal in place. */
function changeObject(
  text: string,
  object: t.ObjectExpression,
  { quoted }: { quoted: boolean },
): Change {
  const nodes = new Map<string, t.Node>();
  for (const property of object.properties) {
    const name = property.type === 'ObjectProperty' ? keyOf(property) : undefined;
    if (name !== undefined) nodes.set(name, (property as t.ObjectProperty).value);
  }
  const plan = planFor(new Map([...nodes].map(([name, node]) => [name, valueOf(node)])));
  if (plan.byHand) return { text, notes: [], byHand: plan.byHand };

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
  const spread = object.properties.some(({ type }) => type === 'SpreadElement');
  const inherited = 'The spread configuration overrides settings of the preset.';
  return {
    text: changed.toString(),
    notes: [...plan.notes, ...(spread ? [inherited] : [])],
  };
}

function indentOf(text: string): string | number {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? 2;
}
