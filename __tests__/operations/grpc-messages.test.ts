import fc from 'fast-check';
import { CallMessages, idOfMessage } from '../../runtime/src/libraries/grpc-messages';
import type { Metadata } from '../../runtime/src/propagation/carrier';
import { NONE } from '../../runtime/src/xtrace/position';

const begun = {
  ...{ id: '00f067aa0ba902b7', label: 'shop.Carts/Talk' },
  trace: { taskId: '4bf92f3577b34da6a3ce929d0e0e4736', latest: NONE, notes: NONE },
};
const KEY = 'throughline-messages';

class Told implements Pick<Metadata, 'get' | 'remove'> {
  constructor(readonly values: Record<string, readonly unknown[]>) {}

  get(key: string): readonly unknown[] {
    return this.values[key] ?? [];
  }

  remove(key: string): void {
    Reflect.deleteProperty(this.values, key);
  }
}

const hear = (values: readonly unknown[]): { isHeard: boolean; left: string[] } => {
  const metadata = new Told({ [KEY]: values, own: ['x'] });
  const messages = new CallMessages(begun);
  messages.hear(metadata as unknown as Metadata);
  return { isHeard: messages.isHeard, left: Object.keys(metadata.values) };
};

test('both sides compute the same ids, which are positive, and differ for each message', () => {
  const hex = fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 16, maxLength: 16 })
    .map((digits) => digits.join(''));
  fc.assert(
    fc.property(hex, (base) => {
      const ids = Array.from({ length: 1000 }, (_, i) => idOfMessage(base, i + 1));
      expect(new Set([base, ...ids]).size).toBe(1001);
      for (const id of ids) expect(id).toMatch(/^[0-7][0-9a-f]{15}$/);
    }),
    { seed: 5, numRuns: 50 },
  );
  // 2^64 divided by the golden ratio, without the top bit.
  expect(idOfMessage('0000000000000000', 1)).toBe('1e3779b97f4a7c15');
});

test('one side reads what the other one tells, and takes it out of what the program sees', () => {
  const { told } = new CallMessages(begun);
  expect(told).toBe('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
  expect(hear([told])).toEqual({ isHeard: true, left: ['own'] });
});

test.each([
  ['nothing', []],
  ['a text', ['x']],
  ['bytes', [Buffer.from([1, 2, 3])]],
  ['ids of zeros', [`00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`]],
  ['a megabyte', ['f'.repeat(1_000_000)]],
  ['a number', ['1']],
])('what strangers tell is ignored: %s', (_, values) => {
  expect(hear(values).isHeard).toBe(false);
});
