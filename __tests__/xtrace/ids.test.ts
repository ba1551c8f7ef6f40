import fc from 'fast-check';
import {
  checkId,
  fromDecimal,
  isSameTask,
  newEventId,
  newTaskId,
  padTask,
  toDecimal,
} from '../../runtime/src/xtrace/ids';

const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const hex = (value: bigint): string => value.toString(16).padStart(16, '0');

test('ids are unique and have their length', () => {
  const tasks = new Set(Array.from({ length: 3000 }, newTaskId));
  const events = new Set(Array.from({ length: 3000 }, newEventId));

  expect(tasks.size).toBe(3000);
  expect(events.size).toBe(3000);
  for (const id of tasks) expect(id).toMatch(/^[0-9a-f]{32}$/);
  for (const id of events) expect(id).toMatch(/^[0-9a-f]{16}$/);
});

test('ids fit 63 bits and are never zero', () => {
  for (let i = 0; i < 3000; i++) {
    expect(newEventId()).toMatch(/^[0-7]/);
    expect(newTaskId().slice(16)).toMatch(/^[0-7]/);
    expect(BigInt(`0x${newEventId()}`)).toBeGreaterThan(0n);
  }
});

test('a decimal is read whether it is signed or unsigned', () => {
  expect(fromDecimal('0')).toBe('0000000000000000');
  expect(fromDecimal('-1')).toBe('ffffffffffffffff');
  expect(fromDecimal('18446744073709551615')).toBe('ffffffffffffffff');
  expect(fromDecimal('9223372036854775807')).toBe('7fffffffffffffff');
  expect(fromDecimal('9223372036854775808')).toBe('8000000000000000');
  expect(fromDecimal('-9223372036854775808')).toBe('8000000000000000');
});

test('what is no 64-bit decimal is not read', () => {
  const wrong = ['', '-', '+1', ' 1', '1 ', '1.0', '1e3', '0x10', 'abc', '１', '1n', '--1'];
  const tooLarge = [
    '18446744073709551616',
    '-9223372036854775809',
    '9'.repeat(21),
    '9'.repeat(999),
  ];
  for (const text of [...wrong, ...tooLarge]) expect(fromDecimal(text)).toBeUndefined();
});

test('every 64-bit value is read from both its decimals', () => {
  fc.assert(
    fc.property(word, (value) => {
      expect(fromDecimal(value.toString())).toBe(hex(value));
      expect(fromDecimal(BigInt.asIntN(64, value).toString())).toBe(hex(value));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('an event keeps all its bits as a decimal, a task the lower 64', () => {
  fc.assert(
    fc.property(word, word, (upper, lower) => {
      expect(toDecimal(hex(lower))).toBe(lower.toString());
      expect(fromDecimal(toDecimal(hex(lower)))).toBe(hex(lower));
      expect(toDecimal(hex(upper) + hex(lower))).toBe(lower.toString());
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('a task that was padded is the same as the one it lost its upper half of', () => {
  for (let i = 0; i < 100; i++) {
    const task = newTaskId();
    const travelled = padTask(fromDecimal(toDecimal(task))!);
    expect(isSameTask(task, travelled)).toBe(true);
    expect(isSameTask(travelled, task)).toBe(true);
    expect(isSameTask(task, newTaskId())).toBe(false);
  }
});

test('two whole ids that share a lower half are two tasks', () => {
  const half = '0123456789abcdef';

  expect(isSameTask(`${'1'.repeat(16)}${half}`, `${'2'.repeat(16)}${half}`)).toBe(false);
  expect(isSameTask(padTask(half), padTask('1123456789abcdef'))).toBe(false);
});

test('an id that a person hands in is checked and brought to its length', () => {
  expect(checkId('task', 'ABCDEF0123456789')).toBe('0000000000000000abcdef0123456789');
  expect(checkId('task', 'A'.repeat(32))).toBe('a'.repeat(32));
  expect(checkId('event', 'ABCDEF0123456789')).toBe('abcdef0123456789');
  for (const wrong of ['', 'x', '12', 'g'.repeat(16), 'a'.repeat(17), 12n, undefined, null]) {
    expect(() => checkId('task', wrong)).toThrow(/\(TL_ID_INVALID\)$/);
    expect(() => checkId('event', wrong)).toThrow(/\(TL_ID_INVALID\)$/);
  }
  expect(() => checkId('event', 'a'.repeat(32))).toThrow(/16 hex digits.*TL_ID_INVALID/);
});
