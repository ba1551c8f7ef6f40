import type { Finding } from '../../ledger/src/index';
import { groupByCause } from '../../ledger/src/reports/group';

const position = { file: 'lib/command.js', line: 12, column: 8 };
const test_ = (name: string): Finding['owner'] => ({ kind: 'test', name, fullName: name });
const found = (what: string, more: Partial<Finding> = {}): Finding => ({
  ...{ kind: 'listener', what, position, chain: [], times: 1, owner: test_('runs') },
  ...more,
});
const alone = (finding: Finding) => ({ finding, others: [] });

test('listeners that a loop adds at one line are one thing to read', () => {
  expect(groupByCause([found('SIGINT'), found('SIGTERM'), found('SIGHUP')])).toEqual([
    alone(found('SIGINT", "SIGTERM", "SIGHUP')),
  ]);
});

test.each<[string, Partial<Finding>]>([
  ['another line', { position: { ...position, line: 13 } }],
  ['another test', { owner: test_('stops') }],
  ['another kind', { kind: 'open-handle' }],
  ['another number of them', { times: 2 }],
  ['another chain', { chain: [{ ...position, kind: 'timer', name: 'setTimeout' }] }],
])('of %s they stay apart, in their order', (_, more) => {
  const findings = [found('SIGINT'), found('SIGTERM', more)];

  expect(groupByCause(findings)).toEqual(findings.map(alone));
});

describe('what one line has done for several tests', () => {
  const open = (more: Partial<Finding> = {}) => found('interval', { kind: 'open-handle', ...more });

  test('is one thing to read, under the first of them', () => {
    const findings = ['adds', 'counts', 'sums'].map((name) => open({ owner: test_(name) }));

    expect(groupByCause(findings)).toEqual([{ finding: findings[0], others: ['counts', 'sums'] }]);
  });

  test.each<[string, Partial<Finding>]>([
    ['another line', { position: { ...position, line: 13 } }],
    ['another message', { message: 'sold out' }],
    ['another chain', { chain: [{ ...position, kind: 'timer', name: 'setTimeout' }] }],
  ])('is not what has %s', (_, more) => {
    const findings = [open(), open({ owner: test_('stops'), ...more })];

    expect(groupByCause(findings)).toEqual(findings.map(alone));
  });

  test('is not what no line is known of', () => {
    const { position: _, ...unknown } = open();
    const findings = [unknown, { ...unknown, owner: test_('stops') }];

    expect(groupByCause(findings)).toEqual(findings.map(alone));
  });
});
