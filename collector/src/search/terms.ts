/** How a term compares: `~` is "contains". */
export type Operator = '=' | '!=' | '~' | '>' | '>=' | '<' | '<=';

/** One part of a search: a word, or a field with an operator and a value. A minus before it turns it around. */
export interface Term {
  readonly negated: boolean;
  /** Nothing for a word. */
  readonly field?: { readonly name: string; readonly operator: Operator };
  readonly value: string;
}

const TERM = /(-?)(?:([A-Za-z_][\w.-]*)(!=|>=|<=|=|~|>|<))?("(?:[^"\\]|\\.)*"?|\S*)(?:\s+|$)/gsy;

/**
 * Reads a search: terms with spaces between them, all of which must hold. A value with spaces stands in double quotes, where `\"` is
 * a quote.
 *
 * @example
 * parseTerms('route=/carts duration>100ms -process=web "two words"')
 */
export function parseTerms(text: string): Term[] {
  const terms: Term[] = [];
  for (const [, minus, name, operator, value] of text.trim().matchAll(TERM)) {
    if (name === undefined && value === '') continue;
    terms.push({
      negated: minus === '-',
      ...(name !== undefined && { field: { name, operator: operator as Operator } }),
      value: unquoted(value!),
    });
  }
  return terms;
}

/** Returns a term as text that `parseTerms` reads as it is. */
export function termText({ negated, field, value }: Term): string {
  const isPlain = /^[^\s"-][^\s"]*$/.test(value) && (field !== undefined || !/[=~<>]/.test(value));
  const written = isPlain ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
  return `${negated ? '-' : ''}${field ? `${field.name}${field.operator}` : ''}${written}`;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  // The quote at the end may be missing while somebody types.
  const isClosed = /^"(?:[^"\\]|\\.)*"$/s.test(value);
  return value.slice(1, isClosed ? -1 : undefined).replace(/\\(.)/gs, '$1');
}
