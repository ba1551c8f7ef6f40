import type { types as t } from '@babel/core';
import type { ConfigKind } from './find.js';
import { byHand, planFor, PRESET } from './plan.js';
import type { ByHand } from './plan.js';
import { configObject, keyOf, objectAt, parse, parseJson, valueOf } from './read.js';
import { applied, firstOption, lastElement, ourTransformer } from './text-changes.js';
import type { Style } from './text-changes.js';

/** What a configuration becomes, or what its owner has to do. */
export interface Change {
  readonly text: string;
  /** What works now, and what to look at. */
  readonly notes: readonly string[];
  readonly byHand?: ByHand;
}

/** Has a configuration use the preset. Only what has to be changed is. */
export function change(text: string, kind: ConfigKind, file: string): Change {
  if (kind === 'program') {
    const object = configObject(parse(text, file));
    if (object) return changeObject(text, object, { quoted: false });
    return { text, notes: [], byHand: { why: 'it computes its configuration.', what: byHand } };
  }
  const root = parseJson(text, file);
  const object = kind === 'json' ? root : objectAt(root, 'jest');
  if (object) return changeObject(text, object, { quoted: true });
  // A package.json without one: npm writes it in this form, too.
  const manifest = { ...(JSON.parse(text) as object), jest: { preset: PRESET } };
  return { text: `${JSON.stringify(manifest, undefined, indentOf(text))}\n`, notes: [] };
}

/** Changes a configuration that is an object, where it stands. */
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
  const changes = plan.edits.flatMap((edit) => {
    if (edit.option === 'preset') return [firstOption(text, object, style)];
    const node = nodes.get(edit.option)!;
    return edit.option === 'reporters'
      ? [lastElement(node as t.ArrayExpression, style)]
      : edit.patterns.flatMap((pattern) =>
          ourTransformer(node as t.ObjectExpression, pattern, style),
        );
  });
  const spread = object.properties.some(({ type }) => type === 'SpreadElement');
  const inherited = 'It spreads another configuration: what that one sets comes over the preset.';
  return { text: applied(text, changes), notes: [...plan.notes, ...(spread ? [inherited] : [])] };
}

function indentOf(text: string): string | number {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? 2;
}
