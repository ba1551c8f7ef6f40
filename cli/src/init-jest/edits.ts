import type { types as t } from '@babel/core';
import MagicString from 'magic-string';
import { PRESET, REPORTER } from './plan.js';
import { exportOf, keyOf } from './read.js';

/** The quoting style of a file. */
export interface Style {
  /** True for JSON: option names are quoted, and trailing commas are not allowed. */
  readonly quoted: boolean;
  text(value: string): string;
}

/** Adds the preset as the first option, indented like the others. */
export function addPreset(text: MagicString, object: t.ObjectExpression, style: Style): void {
  const open = object.start! + 1;
  const [first] = object.properties;
  const name = style.quoted ? style.text('preset') : 'preset';
  const option = `${name}: ${style.text(PRESET)}`;
  if (!first) {
    const end = object.end! - 1;
    if (end > open) text.remove(open, end);
    text.appendLeft(open, `\n  ${option}${style.quoted ? '' : ','}\n`);
    return;
  }
  const line = /^[^\S\n]*\n([ \t]*)/.exec(text.original.slice(open, first.start!));
  text.appendLeft(open, line ? `\n${line[1]}${option},` : ` ${option},`);
}

/** Appends the reporter to `reporters`. */
export function addReporter(text: MagicString, array: t.ArrayExpression, style: Style): void {
  const last = array.elements.at(-1);
  const element = style.text(REPORTER);
  if (last) text.appendLeft(last.end!, `, ${element}`);
  else text.appendLeft(array.start! + 1, element);
}

/** Replaces `babel-jest` for one pattern by our transformer, and moves its options to `babel`. */
export function replaceTransformer(
  text: MagicString,
  transform: t.ObjectExpression,
  pattern: string,
  style: Style,
): void {
  const property = transform.properties.find(
    (one) => one.type === 'ObjectProperty' && keyOf(one) === pattern,
  ) as t.ObjectProperty;
  const [name, options] =
    property.value.type === 'ArrayExpression' ? property.value.elements : [property.value];
  text.overwrite(name!.start!, name!.end!, style.text(`${PRESET}/transformer`));
  if (!options) return;
  const key = style.quoted ? style.text('babel') : 'babel';
  text.appendLeft(options.start!, `{ ${key}: `).appendLeft(options.end!, ' }');
}

/**
 * Passes what a program exports to `withThroughline`. Returns undefined when it exports nothing, and the same text when
 * it does so already.
 */
export function wrapExport(text: string, { program }: t.File): string | undefined {
  const found = exportOf(program);
  if (found === undefined) return undefined;
  const { value, isModule } = found;
  if (/\bwithThroughline\b/.test(text)) return text;
  const quote = text.split('"').length > text.split("'").length ? '"' : "'";
  const from = `${quote}${PRESET}${quote}`;
  const changed = new MagicString(text);
  changed.appendLeft(value.start!, 'withThroughline(').appendRight(value.end!, ')');
  const line = isModule
    ? `import { withThroughline } from ${from};\n`
    : `const { withThroughline } = require(${from});\n`;
  const [first] = program.body;
  const start = (first!.leadingComments?.[0] ?? first!).start!;
  changed.appendLeft(start, isModule || first?.type === 'ImportDeclaration' ? line : `${line}\n`);
  return changed.toString();
}
