import type { Finding } from '../../jest/src/ledger/findings';
import { groupListeners } from '../../jest/src/report/group-listeners';

const position = { file: 'lib/command.js', line: 12, column: 8 };
const found = (what: string, more: Partial<Finding> = {}): Finding => ({
  ...{ kind: 'listener', what, position, chain: [], times: 1 },
  owner: { kind: 'test', name: 'runs' },
  ...more,
});

test('listeners that a loop adds at one line are one thing to read', () => {
  expect(groupListeners([found('SIGINT'), found('SIGTERM'), found('SIGHUP')])).toEqual([
    found('SIGINT", "SIGTERM", "SIGHUP'),
  ]);
});

test.each<[string, Partial<Finding>]>([
  ['another line', { position: { ...position, line: 13 } }],
  ['another test', { owner: { kind: 'test', name: 'stops' } }],
  ['another kind', { kind: 'open-handle' }],
  ['another number of them', { times: 2 }],
  ['another chain', { chain: [{ ...position, kind: 'timer', name: 'setTimeout' }] }],
])('of %s they stay apart, in their order', (_, more) => {
  const findings = [found('SIGINT'), found('SIGTERM', more)];

  expect(groupListeners(findings)).toEqual(findings);
});

test('what is no listener is never one with another', () => {
  const findings = [
    found('interval', { kind: 'open-handle' }),
    found('interval', { kind: 'open-handle' }),
  ];

  expect(groupListeners(findings)).toEqual(findings);
});
