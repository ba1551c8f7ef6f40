import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEventFiles } from '../../collector/src/files/event-files';
import { ran, root } from '../harness/child';
import { graphsIn, JestProject } from '../harness/jest-project';
import { ask, startTestCollector } from '../harness/test-collector';

const EVENTS = { events: 'graphs' };

let project: JestProject;
beforeAll(() => (project = new JestProject()));
afterAll(() => project.remove());
const file = (name = 'a.test.js'): string => join(project.folder, 'graphs', 'src', `${name}.jsonl`);
const graphs = (name?: string): Record<string, string[]> => graphsIn(file(name));

const SHOP = `
  const { log, startTask } = require('@throughline/runtime/xtrace');
  const load = async (part) => {
    log('load ' + part);
    await new Promise((resolve) => setTimeout(resolve, 1));
    log('loaded ' + part);
  };
  Object.assign(exports, { load, log });
  exports.handle = async () => {
    startTask();
    log('request');
    await Promise.all(['cart', 'user'].map(load));
    log('answer');
  };`;
const HEAD = `
  const { log, startTask, stats, getTaskId, getEventId } = require('@throughline/runtime/xtrace');
  const { load, handle } = require('./shop');`;
const write = (tests: string, options: object = EVENTS, config?: object): JestProject =>
  project.write({ 'shop.js': SHOP, 'a.test.js': HEAD + tests }, options, config);

describe.each([
  ['in one process', ['--runInBand']],
  ['in two workers', ['--maxWorkers=2']],
])('%s', (_how, flags) => {
  test('each test is a graph in the file of its test file', async () => {
    project.write(
      {
        'shop.js': SHOP,
        'a.test.js': `${HEAD}
          beforeEach(async () => { log('set up'); });
          afterEach(() => { log('tear down'); });
          describe('the shop', () => {
            test('answers', async () => { await handle(); log('seen'); });
            test('fails', async () => { await load('it'); throw new Error('sold out'); });
            test('rests', () => {});
          });`,
        'deeper/b.test.js': `test('b', () => {});`,
        'deeper/c.test.js': `test('c', () => {});`,
      },
      EVENTS,
    );
    await project.run(flags);

    expect(graphs()).toEqual({
      'the shop answers': [
        '●    the shop answers',
        '●    set up',
        '●    request',
        '├─╮',
        '● │  load cart',
        '│ ●  load user',
        '● │  loaded cart',
        '│ ●  loaded user',
        '├─╯',
        '●    answer',
        '●    seen',
        '●    tear down',
        '●    passed',
      ],
      'the shop fails': [
        '●  the shop fails',
        '●  set up',
        '●  load it',
        '●  loaded it',
        '●  tear down',
        '●  failed',
      ],
      'the shop rests': [...['●  the shop rests', '●  set up', '●  tear down', '●  passed']],
    });
    const { events } = readEventFiles(file());
    expect(events.find(({ label }) => label === 'failed')?.fields).toEqual([
      ['message', 'sold out'],
    ]);
    expect(events[0]).toMatchObject({ source: 'src/a.test.js:7', processName: 'src/a.test.js' });
    // The task that the program has started is named in what belongs to it.
    expect(events.find(({ label }) => label === 'answer')?.fields).toEqual([
      ['task', expect.stringMatching(/^[0-9a-f]{16}$/)],
    ]);
    expect(graphs('deeper/b.test.js')).toEqual({ b: ['●  b', '●  passed'] });
    expect(graphs('deeper/c.test.js')).toEqual({ c: ['●  c', '●  passed'] });
  });
});

test('rows of a table, and tests that run at once, are tasks of their own', async () => {
  write(`
    test.each(['x', 'y'])('row %s', async (part) => { await load(part); });
    test.concurrent.each(['p', 'q'])('at once %s', async (part) => {
      await load(part);
      expect('load ' + part).toHaveCaused('loaded ' + part);
      const other = part === 'p' ? 'q' : 'p';
      expect(() => expect('load ' + other).toHaveCaused('loaded ' + part)).toThrow('No event');
    });`);
  const { code } = await project.run();

  expect(code).toBe(0);
  const of = (title: string, part: string): string[] => [
    ...[`●  ${title} ${part}`, `●  load ${part}`, `●  loaded ${part}`, '●  passed'],
  ];
  expect(graphs()).toEqual({
    'row x': of('row', 'x'),
    'row y': of('row', 'y'),
    'at once p': of('at once', 'p'),
    'at once q': of('at once', 'q'),
  });
});

test('the end comes after what the test has waited for, and after nothing else', async () => {
  write(`
    test('returns', () => load('a'));
    test('returns several', () => Promise.all([load('p'), load('q')]));
    test('calls done', (done) => { setTimeout(() => { log('tick'); done(); }, 1); });
    test('steps', function* () { log('one'); yield []; log('two'); });
    test('leaves', async () => {
      void load('b');
      log('left');
    });`);
  const { code } = await project.run();

  expect(code).toBe(0);
  expect(graphs()).toEqual({
    returns: ['●  returns', '●  load a', '●  loaded a', '●  passed'],
    'returns several': [
      ...['●    returns several', '├─╮', '● │  load p', '│ ●  load q', '● │  loaded p'],
      ...['│ ●  loaded q', '├─╯', '●    passed'],
    ],
    'calls done': ['●  calls done', '●  tick', '●  passed'],
    steps: ['●  steps', '●  one', '●  two', '●  passed'],
    leaves: expect.arrayContaining(['●    leaves']) as string[],
  });
  const { events } = readEventFiles(file());
  const by = (label: string): string => events.find((event) => event.label === label)!.eventId;
  const end = events.find(({ parentEventIds }) => parentEventIds.includes(by('left')));
  expect(end).toMatchObject({ label: 'passed', parentEventIds: [by('left')] });
});

test('a module registry that is reset loses nothing', async () => {
  write(`
    test('resets', async () => {
      await load('first');
      jest.resetModules();
      await require('./shop').load('second');
      jest.isolateModules(() => require('./shop').log('third'));
      expect('load first').toHaveCaused('third');
    });`);
  const { code } = await project.run();

  expect(code).toBe(0);
  const parts = ['first', 'second'].flatMap((part) => [`●  load ${part}`, `●  loaded ${part}`]);
  expect(graphs()).toEqual({ resets: ['●  resets', ...parts, '●  third', '●  passed'] });
});

test('a test that is run again is a graph each time; one that is skipped is none', async () => {
  write(`
    let runs = 0;
    jest.retryTimes(1);
    test('again', () => { log('run ' + ++runs); if (runs === 1) throw new Error('once'); });
    test.skip('skipped', () => {});
    test.todo('to do');
    test.failing('is to fail', () => { throw new Error('as it should'); });`);
  const { code, output } = await project.run();
  const { events } = readEventFiles(file());

  expect(code).toBe(0);
  expect(output).not.toContain('Graph of');
  const said = events.map(({ label, fields = [] }) => [label, ...fields.flat()].join(' '));
  expect(said.sort()).toEqual(
    [
      ...['again', 'run 1', 'failed message once', 'again attempt 2', 'run 2', 'passed'],
      ...['is to fail', 'passed'],
    ].sort(),
  );
});

test('what hooks of a block and modules log is of no test', async () => {
  write(`
    log('loaded');
    beforeAll(() => { log('opened'); });
    test('is alone', () => { log('ran'); });`);
  await project.run();

  expect(graphs()['is alone']).toEqual(['●  is alone', '●  ran', '●  passed']);
  expect(Object.keys(graphs())).toHaveLength(2);
});

test('what comes late is of its test', async () => {
  write(`
    let told;
    const late = new Promise((resolve) => (told = resolve));
    test('first', () => { log('begun'); setTimeout(() => { log('late'); told(); }, 1); });
    test('second', () => late.then(() => {}));`);
  await project.run();

  expect(graphs()['first']!.join()).toContain('late');
  expect(graphs()['second']).toEqual(['●  second', '●  passed']);
});

test('clocks that stand still, and documents, change nothing', async () => {
  project.write(
    {
      'a.test.js': `/** @jest-environment jsdom */
        const { TextDecoder, TextEncoder } = require('node:util');
        Object.assign(globalThis, { TextDecoder, TextEncoder });
        const { log } = require('@throughline/runtime/xtrace');
        test('in the past', () => {
          jest.useFakeTimers({ now: 0 });
          log('one');
          document.body.addEventListener('click', () => log('two'));
          document.body.click();
          expect('one').toHappenBefore('two');
        });`,
    },
    EVENTS,
  );
  const { code } = await project.run();
  const { events } = readEventFiles(file());

  expect(code).toBe(0);
  // A listener goes on by itself: whoever sets it off does not wait for it.
  expect(graphs()['in the past']).toEqual([
    ...['●    in the past', '●    one', '├─╮', '● │  two', '  ●  passed'],
  ]);
  for (const { timestamp } of events)
    expect(timestamp / 1000).toBeGreaterThan(Date.now() - 600_000);
});

describe('what the program sees', () => {
  const SEES = `
    const before = getTaskId();
    test('one', () => {
      expect(stats()).toMatchObject({ logged: 0, queued: 0 });
      log('mine');
      expect(stats()).toMatchObject({ logged: 1, queued: 1 });
    });`;

  test('with events, only its own are in its queue', async () => {
    write(
      `${SEES} test('two', () => { expect(getTaskId()).not.toBe(before); expect(getEventId()).toBeDefined(); });`,
    );
    expect(await project.run()).toMatchObject({ code: 0 });
  });

  test('without, its tests are in no task but the one that they were in', async () => {
    write(
      `${SEES} test('two', () => { expect(getTaskId()).toBe(before); expect(getEventId()).toBeUndefined(); });`,
      {},
    );
    expect(await project.run()).toMatchObject({ code: 0 });
  });

  test('what it sends to a collector is what it has logged', async () => {
    const collector = await startTestCollector();
    write(`
      const { connect, flush } = require('@throughline/runtime/xtrace');
      test('sends', async () => {
        await connect('${collector.reportAddress}');
        await load('cart');
        expect(await flush()).toBe(true);
      });`);
    const { code } = await project.run(['--forceExit']);
    const { body } = await ask<{ tasks: { taskId: string; title: string; events: number }[] }>(
      collector,
      '/api/tasks',
    );
    await collector.close();
    const [first] = readEventFiles(file()).events;

    expect(code).toBe(0);
    // The same task in both, without the two events that are only in the file.
    expect(body.tasks).toMatchObject([{ title: 'load cart', events: 2 }]);
    expect(body.tasks[0]!.taskId.slice(-16)).toBe(first!.taskId.slice(-16));
    expect(graphs()).toEqual({
      sends: ['●  sends', '●  load cart', '●  loaded cart', '●  passed'],
    });
  });
});

describe('the line of a test that fails', () => {
  test('is a command that opens its graph', async () => {
    write(`
      test('is fine', () => {});
      test('has "quotes"', async () => { await load('cart'); expect(1).toBe(2); });`);
    const { output } = await project.run();
    const lines = output.split('\n').filter((line) => line.includes('Graph of'));

    expect(lines).toEqual([
      expect.stringMatching(
        /^ {2}Graph of "has \\"quotes\\"": npx throughline show --graph --file graphs\/src\/a\.test\.js\.jsonl [0-9a-f]{16}$/,
      ),
    ]);
    expect(output.indexOf(lines[0]!)).toBeGreaterThan(output.indexOf('● has "quotes"'));
    const [, args] = lines[0]!.split('npx throughline ');
    const main = join(root, 'cli', 'dist', 'esm', 'main.js');
    const shown = await ran([main, ...args!.split(' ')], { cwd: project.folder });
    expect(shown).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        '●  has "quotes"  src/a.test.js',
        '●  load cart     src/a.test.js',
        '●  loaded cart   src/a.test.js',
        '●  failed        src/a.test.js',
        '',
      ].join('\n'),
    });
  });

  test('is there for one that fails by a policy as well', async () => {
    write(
      `test('polls', () => { setInterval(() => {}, 60_000).unref(); setInterval(() => {}, 60_000); });`,
      {
        ...EVENTS,
        leaks: 'fail',
      },
    );
    const { output } = await project.run(['--forceExit']);

    expect(output).toContain('Graph of "polls"');
    expect(graphs()['polls']).toEqual(['●  polls', '●  failed']);
  });

  test('is written where the tests run, without the reporter', async () => {
    write(`test('fails', () => { throw new Error(); });`, EVENTS, { reporters: ['default'] });
    expect((await project.run()).output).toContain('Graph of "fails"');
  });
});

describe('where events are written', () => {
  const FAILS = `test('fails', () => { log('x'); throw new Error(); });`;
  const there = (folder: string): boolean => existsSync(join(project.folder, folder));

  test('without the option nothing is, and nothing is said of it', async () => {
    const own = new JestProject();
    own.write({ 'shop.js': SHOP, 'a.test.js': HEAD + FAILS });
    const { output } = await own.run();
    const found = ['graphs', '.throughline'].filter((name) => existsSync(join(own.folder, name)));
    own.remove();

    expect(output).toContain('● fails');
    expect(output).not.toContain('Graph of');
    expect(output).not.toContain('Throughline:');
    expect(found).toEqual([]);
  });

  test('the variable goes before the option, and empty it turns it off', async () => {
    write(FAILS);
    mkdirSync(join(project.folder, 'graphs'), { recursive: true });
    const before = existsSync(file()) ? readFileSync(file(), 'utf8') : '';
    await project.run([], { THROUGHLINE_EVENTS: 'named here' });
    const { output } = await project.run([], { THROUGHLINE_EVENTS: '' });

    expect(there('named here/src/a.test.js.jsonl')).toBe(true);
    expect(output).not.toContain('Graph of');
    expect(existsSync(file()) ? readFileSync(file(), 'utf8') : '').toBe(before);
  });

  test('a path that a shell would split is in quotes', async () => {
    write(FAILS);
    const { output } = await project.run([], { THROUGHLINE_EVENTS: 'named here' });
    expect(output).toContain('--file "named here/src/a.test.js.jsonl"');
  });

  test('a run takes the place of the one before', async () => {
    write(`test('old', () => {});`);
    await project.run();
    write(`test('new', () => {});`);
    await project.run();

    expect(Object.keys(graphs())).toEqual(['new']);
  });

  test('projects that run one file have a folder each', async () => {
    const one = { preset: '@throughline/jest', rootDir: '.', cacheDirectory: '.cache' };
    project.write({ 'shop.js': SHOP, 'a.test.js': `${HEAD} test('x', () => {});` });
    const projects = ['first', 'the second'].map((displayName) => ({ ...one, displayName }));
    project.put('jest.config.json', JSON.stringify({ projects }));
    await project.run([], { THROUGHLINE_EVENTS: 'both' });

    expect(there('both/first/src/a.test.js.jsonl')).toBe(true);
    expect(there('both/the-second/src/a.test.js.jsonl')).toBe(true);
  });

  test('a folder that cannot be written to is said to be so', async () => {
    write(FAILS);
    writeFileSync(join(project.folder, 'a-file'), '');
    const { code, output } = await project.run([], { THROUGHLINE_EVENTS: 'a-file' });

    expect(code).toBe(1);
    expect(output).toMatch(/Cannot write events to ".*a-file.*\(TL_EVENTS_UNWRITABLE\)/);
  });

  test('the option must be a path', async () => {
    write(FAILS, { events: 5 });
    const { output } = await project.run();
    expect(output).toContain(
      'Option "events" must be the path of a folder, got 5. (TL_OPTION_INVALID)',
    );
  });
});
