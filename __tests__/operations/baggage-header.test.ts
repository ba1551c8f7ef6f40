import fc from 'fast-check';
import { passableBaggage } from '../../runtime/src/operations/baggage-header';

test.each<[string, string | undefined, string | undefined]>([
  ['nothing', undefined, undefined],
  ['an empty header', '', undefined],
  ['members with properties', 'a=1;ttl=3;secure , b=%20', 'a=1;ttl=3;secure,b=%20'],
  ['what is no member', 'a, ,;,b=1', 'b=1'],
  ['control characters and other letters', 'a=\u0000,b=\u00e9,c=\ud800,d=1', 'd=1'],
])('%s', (_, header, passed) => {
  expect(passableBaggage(header)).toBe(passed);
});

test('no more than the standard allows', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `k${i}=v`);
  expect(passableBaggage(many.join())).toBe(many.slice(0, 64).join());
  expect(passableBaggage(`a=1,b=${'x'.repeat(1e8)}`)).toBe('a=1');
  expect(passableBaggage(`a=${'x'.repeat(8190)}`)).toHaveLength(8192);
  expect(passableBaggage(`a=${'x'.repeat(8191)}`)).toBeUndefined();
});

test('whatever comes, what goes on can be sent, and goes on unchanged from there', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const passed = passableBaggage(text);
      if (passed === undefined) return;
      expect(() => new Headers({ baggage: passed })).not.toThrow();
      expect(passableBaggage(passed)).toBe(passed);
    }),
    { seed: 3, numRuns: 2000 },
  );
});
