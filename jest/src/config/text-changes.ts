import type { types as t } from '@babel/core';
import { PRESET, REPORTER } from './plan.js';
import { keyOf } from './read.js';

/** The quoting style of a file. */
export interface Style {
  /** True for JSON: option names are quoted, and trailing commas are not allowed. */
  readonly quoted: boolean;
  text(value: string): string;
}

/** A replacement for the text from `start` to `end`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies changes from the end of the text, so that earlier offsets stay valid. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  return [...changes]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce(
      (after, { start, end, text: put }) => after.slice(0, start) + put + after.slice(end),
      text,
    );
}

function insertion(at: number, text: string): TextChange {
  return { start: at, end: at, text };
}

/** Returns the change that adds the preset as the first option, indented like the others. */
export function firstOption(text: string, object: t.ObjectExpression, style: Style): TextChange {
  const open = object.start! + 1;
  const [first] = object.properties;
  const name = style.quoted ? style.text('preset') : 'preset';
  const option = `${name}: ${style.text(PRESET)}`;
  if (!first) {
    return { start: open, end: object.end! - 1, text: `\n  ${option}${style.quoted ? '' : ','}\n` };
  }
  const line = /^[^\S\n]*\n([ \t]*)/.exec(text.slice(open, first.start!));
  return insertion(open, line ? `\n${line[1]}${option},` : ` ${option},`);
}

/** Returns the change that appends the reporter to `reporters`. */
export function lastElement(array: t.ArrayExpression, style: Style): TextChange {
  const last = array.elements.at(-1);
  const element = style.text(REPORTER);
  return last ? insertion(last.end!, `, ${element}`) : insertion(array.start! + 1, element);
}

/** Returns the changes that replace `babel-jest` for one pattern and move its options to `babel`. */
export function ourTransformer(
  transform: t.ObjectExpression,
  pattern: string,
  style: Style,
): TextChange[] {
  const property = transform.properties.find(
    (one) => one.type === 'ObjectProperty' && keyOf(one) === pattern,
  ) as t.ObjectProperty;
  const [name, options] =
    property.value.type === 'ArrayExpression' ? property.value.elements : [property.value];
  const text = style.text(`${PRESET}/transformer`);
  const changes: TextChange[] = [{ start: name!.start!, end: name!.end!, text }];
  if (options) {
    const key = style.quoted ? style.text('babel') : 'babel';
    changes.push(insertion(options.start!, `{ ${key}: `), insertion(options.end!, ' }'));
  }
  return changes;
}
