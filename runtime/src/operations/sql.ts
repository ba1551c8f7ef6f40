/** Comments, texts and numbers, as PostgreSQL and SQLite write them. What does not end reaches to the end of the query. */
const STANDARD = [
  String.raw`/\*[^]*?(?:\*/|$)|--[^\n]*`,
  String.raw`\$(\w*)\$[^]*?(?:\$\1\$|$)`,
  String.raw`(?:\b[enbx])?'(?:[^'\\]|\\.|'')*(?:'|$)`,
  String.raw`\b0x[0-9a-f]+\b`,
  String.raw`(?<![\w.$])(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\b`,
];
/** What MySQL has beside them: there, double quotes hold a text, and not a name. */
const MYSQL = [String.raw`"(?:[^"\\]|\\.|"")*(?:"|$)`, String.raw`#[^\n]*`];

const literals = {
  standard: new RegExp(STANDARD.join('|'), 'gis'),
  mysql: new RegExp([...STANDARD, ...MYSQL].join('|'), 'gis'),
};

/** Returns a query with `?` in place of each value, and without comments. Lists of values are one `?`. */
export function withoutLiterals(
  query: string,
  dialect: keyof typeof literals = 'standard',
): string {
  return query
    .replace(literals[dialect], (text) => (/^(?:\/\*|--|#)/.test(text) ? ' ' : '?'))
    .replace(/\(\s*\?(?:\s*,\s*\?)+\s*\)/g, '(?)')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Returns the first words of a query without literals: `SELECT carts`. */
export function queryLabel(query: string): string {
  const [, verb = 'query'] = /^\W*(\w+)/.exec(query) ?? [];
  const [, target] = /\b(?:from|into|update|join|table)\s+([\w.$"`]+)/i.exec(query) ?? [];
  const name = verb.toUpperCase();
  if (target === undefined) return name;
  // Query builders write the schema that is meant anyway.
  return `${name} ${target.replace(/["`]/g, '').replace(/^(?:public|main|dbo)\./, '')}`;
}
