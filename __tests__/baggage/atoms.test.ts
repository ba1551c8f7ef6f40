// The Tracing Plane's encodings, with vectors of its own tests and documents, and of its programs.
import fc from 'fast-check';
import {
  mergeAtoms,
  mergeOverflowAtoms,
  parseAtoms,
  serializeAtoms,
  trimAtoms,
} from '../../runtime/src/baggage/atoms';
import type { Atom } from '../../runtime/src/baggage/atoms';
import { indexedHeader, isHeaderAt, keyedHeader } from '../../runtime/src/baggage/header-atoms';
import {
  decodeReverse,
  decodeSigned,
  decodeUnsigned,
  encodeReverse,
  encodeSigned,
  encodeUnsigned,
} from '../../runtime/src/baggage/lexvar';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
/** Atoms by their hex digits, with commas; ∅ is the overflow marker. */
const atoms = (text: string): Atom[] =>
  text === '' ? [] : text.split(' ').map((one) => bytes(one === '∅' ? '' : one));
const shown = (list: readonly Atom[] | undefined): string | undefined =>
  list?.map((one) => hex(one) || '∅').join(' ');

test.each<[bigint, string, string?]>([
  [0n, '00', 'ff'],
  [1n, '01', 'fe'],
  [127n, '7f', '80'],
  [128n, '8080', '7f7f'],
  [174n, '80ae', '7f51'],
  [255n, '80ff', '7f00'],
  [256n, '8100', '7eff'],
  [16383n, 'bfff', '4000'],
  [16384n, 'c04000', '3fbfff'],
  [2097151n, 'dfffff', '200000'],
  [2097152n, 'e0200000', '1fdfffff'],
  [268435455n, 'efffffff', '10000000'],
  [268435456n, 'f010000000', '0fefffffff'],
  [2147483647n, 'f07fffffff', '0f80000000'],
  [4294967295n, 'f0ffffffff', '0f00000000'],
  [34359738367n, 'f7ffffffff', '0800000000'],
  [34359738368n, 'f80800000000', '07f7ffffffff'],
  [4398046511104n, 'fc040000000000', '03fbffffffffff'],
  [562949953421312n, 'fe02000000000000', '01fdffffffffffff'],
  [72057594037927935n, 'feffffffffffffff', '0100000000000000'],
  [72057594037927936n, 'ff0100000000000000', '00feffffffffffffff'],
  [2n ** 63n - 1n, 'ff7fffffffffffffff', '008000000000000000'],
  [2n ** 63n, 'ff8000000000000000', '007fffffffffffffff'],
  [2n ** 64n - 1n, 'ffffffffffffffffff', '000000000000000000'],
])('V1: %s without a sign is %s', (value, encoded, reverse) => {
  expect(hex(encodeUnsigned(value))).toBe(encoded);
  expect(hex(encodeReverse(value))).toBe(reverse);
  expect(decodeUnsigned(bytes(encoded))).toEqual({ value, next: encoded.length / 2 });
  expect(decodeReverse(bytes(reverse!))).toEqual({ value, next: encoded.length / 2 });
});

test.each(['', '80', 'ff', 'f800000000', 'fc00000000', 'fe00000000', 'ff00000000'])(
  'V1: %s ends too early',
  (encoded) => expect(decodeUnsigned(bytes(encoded))).toBeUndefined(),
);

test('V1: longer forms than needed are read', () => {
  expect(decodeUnsigned(bytes('8000'))).toEqual({ value: 0n, next: 2 });
  expect(decodeUnsigned(bytes('c00001'))).toEqual({ value: 1n, next: 3 });
});

test.each<[bigint, string]>([
  [0n, '80'],
  [1n, '81'],
  [19n, '93'],
  [63n, 'bf'],
  [64n, 'c040'],
  [174n, 'c0ae'],
  [8191n, 'dfff'],
  [8192n, 'e02000'],
  [1048576n, 'f0100000'],
  [134217727n, 'f7ffffff'],
  [134217728n, 'f808000000'],
  [2147483647n, 'f87fffffff'],
  [17179869183n, 'fbffffffff'],
  [17179869184n, 'fc0400000000'],
  [2199023255552n, 'fe020000000000'],
  [281474976710656n, 'ff01000000000000'],
  [36028797018963967n, 'ff7fffffffffffff'],
  [36028797018963968n, 'ff8080000000000000'],
  [2n ** 63n - 1n, 'ff'.repeat(9)],
  [-1n, '7f'],
  [-4n, '7c'],
  [-19n, '6d'],
  [-64n, '40'],
  [-65n, '3fbf'],
  [-8192n, '2000'],
  [-8193n, '1fdfff'],
  [-1048576n, '100000'],
  [-1048577n, '0fefffff'],
  [-134217728n, '08000000'],
  [-134217729n, '07f7ffffff'],
  [-2147483648n, '0780000000'],
  [-17179869184n, '0400000000'],
  [-17179869185n, '03fbffffffff'],
  [-36028797018963968n, '0080000000000000'],
  [-36028797018963969n, '007f7fffffffffffff'],
  [-(2n ** 63n), '00'.repeat(9)],
])('V2: %s with a sign is %s', (value, encoded) => {
  expect(hex(encodeSigned(value))).toBe(encoded);
  expect(decodeSigned(bytes(encoded))).toEqual({ value, next: encoded.length / 2 });
});

test('the order of encodings is that of the values', () => {
  const signed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
  fc.assert(
    fc.property(signed, signed, (a, b) => {
      const [u, v] = [BigInt.asUintN(64, a), BigInt.asUintN(64, b)];
      const compare = (x: Uint8Array, y: Uint8Array): number => Buffer.compare(x, y);
      expect(compare(encodeSigned(a), encodeSigned(b))).toBe(order(a, b));
      expect(compare(encodeUnsigned(u), encodeUnsigned(v))).toBe(order(u, v));
      expect(compare(encodeReverse(u), encodeReverse(v))).toBe(order(v, u) + 0);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test.each([
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16383, 'ff7f'],
  [16384, '808001'],
])('V3: the length %s is %s', (length, encoded) => {
  const written = serializeAtoms([new Uint8Array(length)]);
  expect(hex(written).slice(0, encoded.length)).toBe(encoded);
  expect(parseAtoms(written)?.[0]).toHaveLength(length);
});

test.each([
  ['00', 'ff', '00 ff'],
  ['00 ff', '00 ff', '00 ff'],
  ['00 ff', 'ff 00', '00 ff 00'],
  ['00000001', '0000000100', '00000001 0000000100'],
  ['04 08 01', '02 08 03', '02 04 08 01 03'],
  ['9491 55 ∅ f55555', '94 55 f55555 ffff', '94 55 9491 55 ∅ f55555 ffff'],
  ['∅ 55 9491 f55555', '55 94 f55555 ffff', '∅ 55 94 9491 f55555 ffff'],
  ['55 9491 f55555', '55 94 ∅ f55555 ffff', '55 94 ∅ 9491 f55555 ffff'],
  [
    '0000000070 010000000a 010000004d 0100000096',
    '0000000070 0100000032 0100000064',
    '0000000070 010000000a 0100000032 010000004d 0100000064 0100000096',
  ],
  ['8061 000000004d', '8061 0000000014', '8061 0000000014 000000004d'],
  [
    '8061 0000000016 8062 000000001e 0000000032 8064 000000000c',
    '8062 000000000c 0000000032 8063 0000000050 8064 000000000c',
    '8061 0000000016 8062 000000000c 000000001e 0000000032 8063 0000000050 8064 000000000c',
  ],
])('V4: %s and %s', (a, b, merged) => {
  expect(shown(mergeAtoms(atoms(a), atoms(b)))).toBe(merged);
});

const [A, B, C, D] = [77, 4, 8, 12].map((length) => '00'.repeat(length)) as [
  string,
  string,
  string,
  string,
];

test.each<[string | undefined, string | undefined, string | undefined]>([
  [undefined, undefined, undefined],
  ['', undefined, ''],
  [undefined, '', ''],
  ['', '', ''],
  ...['∅', '', undefined].map((other): [string, string | undefined, string] => ['∅', other, '∅']),
  ...[undefined, '', `${A} ∅`].map((other): [string, string | undefined, string] => [
    `${A} ∅`,
    other,
    `${A} ∅`,
  ]),
  [`${A} ∅`, '∅', '∅'],
  ['∅', `${A} ∅`, '∅'],
  ...[undefined, '', `∅ ${A}`, `${A} ∅`, '∅'].map((other): [string, string | undefined, string] => [
    `∅ ${A}`,
    other,
    '∅',
  ]),
  ...[`${B} ${C} ${A} ∅ ${D}`, `${B} ${C} ${A} ∅`, `${A} ∅`].map(
    (other): [string, string, string] => [`${B} ${C} ${A} ∅ ${D}`, other, `${B} ${C} ${A} ∅`],
  ),
])('V5: paths to what was cut off', (a, b, merged) => {
  const list = (text: string | undefined): Atom[] | undefined =>
    text === undefined ? undefined : atoms(text);
  expect(shown(mergeOverflowAtoms(list(a), list(b)))).toBe(merged);
});

test.each([
  [-1, '04000000580400000000'],
  [0, '04000000580400000000'],
  [1, '00'],
  [5, '00'],
  [6, '040000005800'],
  [9, '040000005800'],
  [10, '04000000580400000000'],
])('V6: trimmed to %s bytes', (limit, encoded) => {
  expect(hex(serializeAtoms(trimAtoms(atoms('00000058 00000000'), limit)))).toBe(encoded);
});

test.each([
  ['00', '∅'],
  ['0294910155', '9491 55'],
  ['029491015500', '9491 55 ∅'],
  ['03aabb', undefined],
  ['05', undefined],
  ['ffffffffff', undefined],
  ['', undefined],
  [`0194${'ff'.repeat(11)}`, '94'],
])('V7: %s is read as %s', (encoded, list) => {
  expect(shown(parseAtoms(bytes(encoded)))).toBe(list);
});

test.each([
  [0, 'f800', 'f807', 'f907', 'fc', 'fc6a6f6e', 'fd6a6f6e'],
  [1, 'f000', 'f007', 'f107', 'f4', 'f46a6f6e', 'f56a6f6e'],
  [2, 'e800', 'e807', 'e907', 'ec', 'ec6a6f6e', 'ed6a6f6e'],
  [7, 'c000', 'c007', 'c107', 'c4', 'c46a6f6e', 'c56a6f6e'],
  [14, '8800', '8807', '8907', '8c', '8c6a6f6e', '8d6a6f6e'],
  [15, '8000', '8007', '8107', '84', '846a6f6e', '856a6f6e'],
])('V8: headers at level %s', (level, ...encoded) => {
  const jon = Buffer.from('jon');
  const made = [
    ...[indexedHeader(level, 0), indexedHeader(level, 7), indexedHeader(level, 7, true)],
    ...[
      keyedHeader(level, new Uint8Array()),
      keyedHeader(level, jon),
      keyedHeader(level, jon, true),
    ],
  ];
  expect(made.map(hex)).toEqual(encoded);
  for (const one of made) {
    for (let other = 0; other < 16; other++) expect(isHeaderAt(other, one)).toBe(other === level);
  }
});

test.each([
  [128, 'f88080'],
  [342, 'f88156'],
  [4430, 'f8914e'],
  [8282, 'f8a05a'],
  [2 ** 31 - 1, 'f8f07fffffff'],
  [-10, 'f8f0fffffff6'],
  [-393932, 'f8f0fff9fd34'],
])('V8: index %s is %s', (index, encoded) => {
  expect(hex(indexedHeader(0, index))).toBe(encoded);
});

test('whatever comes is read without an error, and what was written comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (some) => {
      const read = parseAtoms(some);
      if (read) expect(parseAtoms(serializeAtoms(read))).toEqual(read);
    }),
    { seed: 5, numRuns: 3000 },
  );
});
