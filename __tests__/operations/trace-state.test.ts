import { passableState } from '../../runtime/src/operations/trace-state';

// W3C Trace Context Level 2, section 3.3: what goes on is as it came, and what is not of the form is discarded as a whole.

const members = (count: number): string =>
  Array.from({ length: count }, (_, i) => `bar${i}=${i}`).join();

test.each([
  ['one member', 'foo=1'],
  ['several', 'foo=1,bar=2'],
  ['white space and empty members', 'foo=1 \t , \t,, bar=2'],
  ['every character of a key', '0a_-*/@z=1'],
  ['keys of several systems', 'foo@=1,foo@@bar=1,foo@bar@baz=2'],
  ['the longest key', `${'z'.repeat(256)}=1`],
  ['the longest value', `foo=${'v'.repeat(256)}`],
  [
    'every character of a value',
    `foo=${String.fromCharCode(...range(0x20, 0x7e)).replace(/[,=]/g, '')}`,
  ],
  ['a value with a space inside', 'foo=bar baz'],
  ['a key that comes twice', 'foo=1,foo=2'],
  ['32 members', members(32)],
  ['more than 512 characters', `a=${'v'.repeat(250)},b=${'v'.repeat(250)},c=${'v'.repeat(250)}`],
])('%s goes on as it came', (_, header) => {
  expect(passableState(header)).toBe(header.trim());
});

test.each([
  ['nothing', undefined],
  ['an empty header', ''],
  ['empty members only', ' , ,'],
  ['33 members', members(33)],
  ['no value', 'foo=,bar=2'],
  ['no sign', 'foo,bar=2'],
  ['no key', '=1,bar=2'],
  ['two signs', 'foo=bar=baz,bar=2'],
  ['a space before the sign', 'foo =1,bar=2'],
  ['a capital', 'FOO=1,bar=2'],
  ['a dot in a key', 'foo.bar=1,bar=2'],
  ['an @ at the start', '@foo=1,bar=2'],
  ['a key that is too long', `${'z'.repeat(257)}=1`],
  ['a value that is too long', `foo=${'v'.repeat(257)}`],
  ['other letters', 'foo=é'],
  ['control characters', 'foo=a\u0001b'],
  ['an end of a line between members', 'a=1,\r\n\r\nc=2'],
  ['100 MB', `foo=${'v'.repeat(1e8)}`],
])('%s is discarded', (_, header) => {
  expect(passableState(header)).toBeUndefined();
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
