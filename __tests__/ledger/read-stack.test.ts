import { readStack } from '../../ledger/src/node/read-stack';

function captured(): { stack?: string } {
  const holder = {};
  Error.captureStackTrace(holder);
  return holder;
}

/** Formats stacks, as a runner does that knows source maps. */
const format = (_error: unknown, sites: readonly NodeJS.CallSite[]): string => sites.join('\n');
const { prepareStackTrace } = Error;
beforeEach(() => (Error.prepareStackTrace = format));
afterEach(() => (Error.prepareStackTrace = prepareStackTrace));

test('a stack is read without the frames of foreign files, and what formats it stays', () => {
  const holder = captured();

  const stack = readStack(holder, (file) => !file.includes('read-stack.test'));

  expect(stack).toContain('read-stack.test');
  expect(stack).not.toContain('node_modules');
  expect(readStack(holder)).toBe(stack);
  expect(Error.prepareStackTrace).toBe(format);
});

test('without a rule all frames stay', () => {
  expect(readStack(captured())).toContain('node_modules');
});

test('what has no stack has an empty one', () => {
  expect(readStack({ stack: 1 })).toBe('');
});
