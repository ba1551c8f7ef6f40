import { configureLoggers, getLogger, LEVELS, setLevel } from '@throughline/runtime/logger';
import { setTaskId, startTask } from '@throughline/runtime/xtrace';
import type { Report } from '@throughline/runtime/report';
import { listenToTrace } from '../../runtime/src/xtrace/log';
import { continueFromRequest, headersAfter } from '../../runtime/src/operations/trace-headers';
import { client } from '../../runtime/src/xtrace/log';

let reports: Report[];
let stop: () => void;
beforeEach(() => {
  reports = [];
  stop = listenToTrace({ logged: (report) => reports.push(report), started() {} });
  configureLoggers({ level: 'info', off: [] });
  startTask();
});
afterEach(() => stop());

const labels = (): string[] => reports.map(({ label }) => label);

test.each([
  ['plain', [], 'plain', {}],
  ['moved {} to {}', [3, 'cart'], 'moved 3 to cart', {}],
  ['{}', [{ a: [1] }], '{"a":[1]}', {}],
  ['{} and {}', ['one'], 'one and {}', {}],
  ['done', [{ cart: 7, ok: true }], 'done', { cart: '7', ok: 'true' }],
  ['moved {}', [3, 'cart', 7, 'odd'], 'moved 3', { cart: '7' }],
  ['x', [null, 'dropped', 'kept', null], 'x', { kept: 'null' }],
  ['$& {} $1', ['$&'], '$& $& $1', {}],
])('the text %j takes its values', (text, values, label, fields) => {
  getLogger('Cart').log(text, ...values);

  expect(reports[0]).toMatchObject({ label, agent: 'Cart' });
  expect(Object.fromEntries(reports[0]!.fields ?? [])).toEqual(fields);
});

test('a value that cannot be read harms nobody', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  getLogger().log('{}', circular);

  expect(labels()).toEqual(['(unreadable)']);
  expect(reports[0]!.agent).toBeUndefined();
});

test('events come one after another, and after those of `log`', () => {
  const first = client.log('first');
  const second = getLogger('a').warn('second');
  getLogger('b').tag('third', 'slow', 'db');

  expect(reports.map(({ parentEventIds }) => parentEventIds)).toEqual([[], [first], [second]]);
  expect(reports[1]!.fields).toEqual([['log.level', 'warn']]);
  expect(reports[2]).toMatchObject({ label: 'third', tags: ['slow', 'db'], agent: 'b' });
});

test('a logger says what its level is for', () => {
  const logger = getLogger('levels');
  const say = (): (string | undefined)[] => LEVELS.map((level) => logger[level](level));
  say();
  expect(labels()).toEqual(['fatal', 'error', 'warn', 'info']);
  configureLoggers({ level: 'error' });
  reports.length = 0;
  expect(say().map((id) => id === undefined)).toEqual([false, false, true, true, true, true]);
  expect(labels()).toEqual(['fatal', 'error']);
  expect([logger.isEnabled('error'), logger.isEnabled('warn'), logger.isEnabled()]).toEqual([
    ...[true, false, true],
  ]);
});

test('a logger that is off says nothing', () => {
  configureLoggers({ off: ['noisy'] });
  const noisy = getLogger('noisy');
  noisy.fatal('x');
  noisy.log('x');
  noisy.tag('x', 'y');
  getLogger('other').log('said');

  expect(labels()).toEqual(['said']);
  expect(noisy.isEnabled()).toBe(false);
});

test('there is one logger of a name', () => {
  expect(getLogger('one')).toBe(getLogger('one'));
  expect(getLogger()).not.toBe(getLogger('one'));
});

test('the level goes on to other services, in `baggage`', () => {
  setLevel('trace');
  const headers = new Map(headersAfter(client.currentTrace(), '00000000000000aa'));
  expect(headers.get('baggage')).toMatch(/throughline-level=/);

  const received = (given: ReadonlyMap<string, string>): boolean => {
    let isEnabled = false;
    const handle = (): void => {
      continueFromRequest((name) => given.get(name));
      isEnabled = getLogger('y').isEnabled('trace');
    };
    new Promise<void>((resolve) => resolve(handle())).catch(() => {});
    return isEnabled;
  };
  expect(received(headers)).toBe(true);
});

test.each(['loud', 'INFO', 3, undefined])('%p is no level', (level) => {
  expect(() => setLevel(level as never)).toThrow(
    /A level must be one of fatal, error, warn, info, debug, trace, got .*TL_LEVEL_INVALID/,
  );
});

test('a logger may continue a task that began elsewhere', () => {
  setTaskId('f'.repeat(32));
  getLogger('z').info('here');

  expect(reports[0]!.taskId).toBe('f'.repeat(32));
});
