import type { types as t } from '@babel/core';
import { PRESET, REPORTER } from './plan.js';
import { keyOf } from './read.js';

/** How a file writes what is added. */
export interface Style {
  /** Whether names of options are in quotes, and nothing may follow the last. */
  readonly quoted: boolean;
  text(value: string): string;
}

export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** From the end, so that the places before stay where they are. */
export function applied(text: string, changes: readonly TextChange[]): string {
  return [...changes]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce(
      (after, { start, end, text: put }) => after.slice(0, start) + put + after.slice(end),
      text,
    );
}

function inserted(at: number, text: string): TextChange {
  return { start: at, end: at, text };
}

/** The preset comes first, in the form that the other lines have. */
export function firstOption(text: string, object: t.ObjectExpression, style: Style): TextChange {
  const open = object.start! + 1;
  const [first] = object.properties;
  const name = style.quoted ? style.text('preset') : 'preset';
  const option = `${name}: ${style.text(PRESET)}`;
  if (!first) {
    return { start: open, end: object.end! - 1, text: `\n  ${option}${style.quoted ? '' : ','}\n` };
  }
  const line = /^[^\S\n]*\n([ \t]*)/.exec(text.slice(open, first.start!));
  return inserted(open, line ? `\n${line[1]}${option},` : ` ${option},`);
}

export function lastElement(array: t.ArrayExpression, style: Style): TextChange {
  const last = array.elements.at(-1);
  const element = style.text(REPORTER);
  return last ? inserted(last.end!, `, ${element}`) : inserted(array.start! + 1, element);
}

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
    changes.push(inserted(options.start!, `{ ${key}: `), inserted(options.end!, ' }'));
  }
  return changes;
}
