// Values that travel with the context: how they join, and how they look to others.
import fc from 'fast-check';
import { joinAtoms, limitBaggage, register, toAtoms } from '@throughline/runtime/baggage';
import { bagTypes } from '../../runtime/src/baggage/types';
import type { BagType } from '../../runtime/src/baggage/types';
import { bagMembers } from '../../runtime/src/operations/bag-members';

const slow = register('slow', 'flag', { index: 1 });
const hops = register('hops', 'counter', { index: 2 });
const tenants = register('tenants', 'set', { index: 3 });
const labels = register('labels', 'map', { index: 4 });
const deadline = register('deadline', 'min', { index: 5 });
const depth = register('depth', 'max', { index: 6 });
const user = register('user', 'last', { index: 7 });

const texts = fc.string({ unit: 'grapheme', maxLength: 8 });
const parts = fc
  .array(fc.tuple(fc.constantFrom('00000001', 'deadbeef', 'ffffffff'), fc.nat()), { maxLength: 3 })
  .map((entries) => ({ parts: new Map(entries), own: undefined }));
/** Any value of each type. */
const values: Record<keyof typeof bagTypes, fc.Arbitrary<unknown>> = {
  flag: fc.boolean(),
  counter: parts,
  set: fc.array(texts, { maxLength: 4 }).map((items) => new Set(items)),
  map: fc.array(fc.tuple(texts, texts), { maxLength: 4 }).map((entries) => new Map(entries)),
  max: fc.option(fc.integer(), { nil: undefined }),
  min: fc.option(fc.integer(), { nil: undefined }),
  last: fc.option(fc.record({ text: texts, time: fc.nat({ max: 3 }) }), { nil: undefined }),
};

/** A value without the order in which it was filled. */
function plain(value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (value instanceof Map) return [...value].sort();
  const { parts: counted } = Object(value) as { parts?: Map<string, number> };
  return counted ? [...counted].sort() : value;
}

describe.each(Object.keys(bagTypes) as (keyof typeof bagTypes)[])('%s', (name) => {
  const type = bagTypes[name] as BagType<unknown>;
  const any = values[name];

  test('joins give the same in any order, and however often', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        const { join } = type;
        expect(plain(join(a, b))).toEqual(plain(join(b, a)));
        expect(plain(join(join(a, b), c))).toEqual(plain(join(a, join(b, c))));
        expect(plain(join(a, a))).toEqual(plain(a));
        expect(plain(join(a, type.empty))).toEqual(plain(a));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('as text and as atoms, a value comes back', () => {
    fc.assert(
      fc.property(any, (value) => {
        const text = type.toText(value);
        if (text !== undefined) {
          const [first = '', ...properties] = text.split(';');
          expect(text).toMatch(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]*$/);
          expect(plain(type.fromText(first, properties))).toEqual(plain(value));
        }
        expect(plain(type.fromAtoms(type.toAtoms(value)))).toEqual(plain(value));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('what is no value is told from one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, atom) => {
        expect(() => type.fromText(text, [text])).not.toThrow();
        expect(() => type.fromAtoms([atom, atom])).not.toThrow();
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

const inTurn = async (work: () => void): Promise<void> => {
  await null;
  work();
};

test('members go out with those of others, and come in again', async () => {
  await inTurn(() => {
    tenants.add('a,b c');
    labels.set('k:1', 'v+2');
    user.set('ada');
    expect(bagMembers.add('other=1;p')).toMatch(
      /^other=1;p,tenants=a%2Cb%20c,labels=k%3A1:v%2B2,user=ada;throughline-time=\d+$/,
    );
  });
  await inTurn(() => {
    tenants.add('of the one before');
    expect(bagMembers.take('other=1;p , tenants=x+y,user=bob,hops=no,labels=k:v')).toBe(
      'other=1;p ,hops=no',
    );
    expect([[...tenants.get()], user.get(), [...labels.get()]]).toEqual([
      ['x', 'y'],
      'bob',
      [['k', 'v']],
    ]);
    // A later one wins, also over a clock that is ahead.
    expect(bagMembers.take(`user=bob;throughline-time=${2 ** 52}`)).toBeUndefined();
    user.set('eve');
    expect(bagMembers.add(undefined)).toMatch(
      new RegExp(`^user=eve;throughline-time=${2 ** 52 + 1}$`),
    );
    expect([...tenants.get()]).toEqual([]);
  });
});

test('what does not fit stays behind, and is told', async () => {
  await inTurn(() => {
    slow.raise();
    tenants.add('x'.repeat(100));
    user.set('ada');
    limitBaggage(100);
    try {
      expect(bagMembers.add('o=1')).toMatch(
        /^o=1,slow=1,user=ada;throughline-time=\d+,throughline-overflow=1$/,
      );
    } finally {
      limitBaggage(8192);
    }
    expect(bagMembers.add('throughline-overflow=1')).toMatch(
      /^slow=1,tenants=x+,user=ada.*,throughline-overflow=1$/,
    );
  });
});

test('atoms of bags that are not known are passed on, also alone, and after what nobody understands', async () => {
  const shop = 'f809'; // bag 9
  const unknown = Buffer.from(`02${shop}03000102` + '021234', 'hex');
  await inTurn(() => {
    joinAtoms(unknown);
    expect(Buffer.from(toAtoms()).toString('hex')).toBe(unknown.toString('hex'));
    tenants.add('ada');
    slow.raise();
    expect(Buffer.from(toAtoms()).toString('hex')).toBe(
      '02f801' + '020001' + '02f803' + '0400616461' + unknown.toString('hex'),
    );
    const cut = toAtoms(12);
    expect(Buffer.from(cut).toString('hex')).toBe('02f801' + '020001' + '02f803' + '00');
  });
});

test('atoms of another process are joined', async () => {
  let bytes = new Uint8Array();
  await inTurn(() => {
    hops.add(4);
    tenants.add('ada');
    labels.set('k', 'v');
    deadline.note(-70);
    depth.note(70);
    user.set('ada');
    slow.raise();
    bytes = toAtoms() as Uint8Array<ArrayBuffer>;
  });
  await inTurn(() => {
    hops.add(1);
    tenants.add('bob');
    depth.note(100);
    joinAtoms(bytes);
    joinAtoms(bytes);
    expect([hops.get(), [...tenants.get()].sort(), [...labels.get()]]).toEqual([
      5,
      ['ada', 'bob'],
      [['k', 'v']],
    ]);
    expect([deadline.get(), depth.get(), user.get(), slow.get()]).toEqual([-70, 100, 'ada', true]);
  });
});

test.each([
  [() => register('a b', 'flag'), 'The bag "a b" must have a name'],
  [() => register('x', 'list' as never), 'The bag "x" must be one of flag, counter'],
  [() => register('x', 'flag', { index: -1 }), 'takes an index from 0 to 2147483647, got -1'],
  [() => register('slow', 'flag'), 'a name and an index of its own: "slow" has it'],
  [() => register('x', 'flag', { index: 3 }), 'a name and an index of its own: "tenants" has it'],
  [() => hops.add(-1), 'The bag "hops" takes a whole number that is not negative, got -1'],
  [() => depth.note(0.5), 'The bag "depth" takes a whole number, got 0.5'],
  [() => user.set('\ud800'), 'The bag "user" takes texts of at most 1024 characters'],
  [
    () => tenants.add(7 as never),
    'The bag "tenants" takes texts of at most 1024 characters, got 7',
  ],
])('what a bag does not take is refused: %#', (wrong, message) => {
  expect(wrong).toThrow(message);
  expect(wrong).toThrow(expect.objectContaining({ code: 'TL_BAGGAGE_INVALID' }) as Error);
});
