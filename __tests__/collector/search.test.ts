import fc from 'fast-check';
import { parseTaskQuery } from '../../collector/src/search/task-query';
import { parseTerms, termText } from '../../collector/src/search/terms';
import type { Operator, Term } from '../../collector/src/search/terms';

test.each<[string, Term[]]>([
  ['', []],
  ['  ', []],
  ['carts', [{ negated: false, value: 'carts' }]],
  ['"two words"', [{ negated: false, value: 'two words' }]],
  ['"not closed', [{ negated: false, value: 'not closed' }]],
  ['-web', [{ negated: true, value: 'web' }]],
  [
    'route=/carts duration>=100ms',
    [
      { negated: false, field: { name: 'route', operator: '=' }, value: '/carts' },
      { negated: false, field: { name: 'duration', operator: '>=' }, value: '100ms' },
    ],
  ],
  [
    '-http.route!="a \\"b\\" c"',
    [{ negated: true, field: { name: 'http.route', operator: '!=' }, value: 'a "b" c' }],
  ],
  ['a=b=c', [{ negated: false, field: { name: 'a', operator: '=' }, value: 'b=c' }]],
])('%s', (text, expected) => {
  expect(parseTerms(text)).toEqual(expected);
});

test('what termText writes, parseTerms reads as it was', () => {
  const terms = fc.array(
    fc.record<Term>(
      {
        negated: fc.boolean(),
        field: fc.record({
          name: fc.constantFrom('title', 'http.route', 'x-1'),
          operator: fc.constantFrom<Operator[]>('=', '!=', '~', '>', '>=', '<', '<='),
        }),
        value: fc.oneof(fc.string(), fc.constantFrom('C:\\Program Files\\', '"', '\\', 'a b\n')),
      },
      { requiredKeys: ['negated', 'value'] },
    ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(terms, (given) => {
      // A word without letters is no term.
      const some = given.filter(({ value, field }) => value !== '' || field);
      expect(parseTerms(some.map(termText).join(' '))).toEqual(some);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test.each([' '.repeat(100_000), '"'.repeat(100_000), '\\"'.repeat(50_000), 'a='.repeat(50_000)])(
  'a long text of one kind is read at once',
  (text) => {
    parseTerms(text);
  },
);

test.each(['duration>1constructor', 'events>__proto__', 'start>toString'])(
  '%s is refused',
  (text) => {
    expect(() => parseTaskQuery(text)).toThrow(/TL_QUERY_INVALID/);
  },
);

test('a search has at most 50 terms', () => {
  expect(() => parseTaskQuery('a '.repeat(51))).toThrow(/at most|may have 50 terms/);
  expect(parseTaskQuery('a '.repeat(50))).toHaveLength(50);
});
