import { stripVTControlCharacters } from 'node:util';
import { JestProject } from '../harness/jest-project';
import type { JestRun } from '../harness/jest-project';

const TESTS = `
  const { log, startTask } = require('@throughline/runtime/xtrace');
  const load = async (part) => {
    log('load ' + part);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return log('loaded ' + part);
  };
  const both = async () => {
    log('start');
    await Promise.all([load('cart'), load('user')]);
    log('done');
  };

  describe('holds', () => {
    let early;
    beforeEach(async () => { early = log('set up'); });
    test('by labels and ids', async () => {
      const first = log('first');
      await both();
      expect(first).toHaveCaused('done');
      expect('load cart').toHappenBefore('loaded cart');
      expect('load cart').toHappenBefore(log('last'));
    });
    test('from a hook to its test', () => { log('in it'); expect(early).toHaveCaused('in it'); });
    test('through a task of the program', async () => {
      log('asked');
      await (async () => { startTask(); await both(); })();
      log('answered');
      expect('asked').toHaveCaused('start');
      expect('done').toHaveCaused('answered');
    });
    test('with not', async () => {
      await both();
      expect('load cart').not.toHaveCaused('loaded user');
      expect('done').not.toHappenBefore('start');
      expect('done').not.toHaveCaused('done');
    });
    test('of what a promise gives', async () => {
      const last = load('cart').then((id) => id);
      await expect(last).resolves.not.toHaveCaused('load cart');
    });
    test.concurrent('in order of causes, not of time', async () => {
      const slow = load('slow');
      log('meanwhile');
      await slow;
      expect('load slow').not.toHaveCaused('meanwhile');
    });
  });

  describe('fails', () => {
    test('apart', async () => { await both(); expect('load cart').toHaveCaused('loaded user'); });
    test('unrelated', () => {
      setTimeout(() => log('one'), 1); setTimeout(() => log('two'), 1);
      return new Promise((resolve) => setTimeout(() => { expect('one').toHappenBefore('two'); resolve(); }, 9));
    });
    test('the other way', async () => { await both(); expect('done').toHappenBefore('start'); });
    test('the same', async () => { await both(); expect('done').toHaveCaused('done'); });
    test('with not', async () => { await both(); expect('start').not.toHaveCaused('loaded user'); });
    test('a long way', () => {
      for (let i = 0; i < 20; i++) log('step ' + i);
      expect('step 0').not.toHappenBefore('step 19');
    });
    test('no such label', async () => { await both(); log('done'); expect('begin').toHaveCaused('done'); });
    test('no such label, with not', async () => { await both(); expect('start').not.toHaveCaused('end'); });
    test('no events', () => { expect('start').toHaveCaused('end'); });
    test('many of a label', async () => { await load('x'); await load('x'); expect('load x').not.toHaveCaused('loaded x'); });
    test('no text', () => { expect(undefined).toHaveCaused('x'); });
    test('another test', async () => { expect('load x').toHaveCaused('x'); });
  });`;

let project: JestProject;
beforeAll(() => (project = new JestProject()));
afterAll(() => project.remove());

describe.each([
  ['with events', { events: 'graphs' }],
  ['without', {}],
])('%s', (_how, options) => {
  let run: JestRun;
  beforeAll(async () => {
    run = await project.write({ 'a.test.js': TESTS }, options).run();
  });

  test('what is so passes', () => {
    const held = Object.entries(run.tests).filter(([name]) => name.startsWith('holds '));
    expect(held.length).toBe(6);
    for (const [name, messages] of held) expect([name, messages]).toEqual([name, []]);
  });

  test.each([
    [
      'apart',
      `expect(event).toHaveCaused(other)

"load cart" did not cause "loaded user": neither came before the other. Both come after "start".

  "start" → "load cart"
  "start" → "load user" → "loaded user"

  "load cart" is ID at src/a.test.js:4
  "loaded user" is ID at src/a.test.js:6`,
    ],
    [
      'unrelated',
      `expect(event).toHappenBefore(other)

"one" did not happen before "two": neither came before the other. No event comes before both.

  "one" is ID at src/a.test.js:53
  "two" is ID at src/a.test.js:53`,
    ],
    [
      'the other way',
      `expect(event).toHappenBefore(other)

"done" did not happen before "start": the order is reversed.

  "start" → "load cart" → "loaded cart" → "done"

  "done" is ID at src/a.test.js:11
  "start" is ID at src/a.test.js:9`,
    ],
    [
      'the same',
      `expect(event).toHaveCaused(other)

"done" did not cause "done": they are the same event.

  "done" is ID at src/a.test.js:11
  "done" is ID at src/a.test.js:11`,
    ],
    [
      'with not',
      `expect(event).not.toHaveCaused(other)

"start" caused "loaded user".

  "start" → "load user" → "loaded user"

  "start" is ID at src/a.test.js:9
  "loaded user" is ID at src/a.test.js:6`,
    ],
    [
      'a long way',
      `expect(event).not.toHappenBefore(other)

"step 0" happened before "step 19".

  "step 0" → "step 1" → "step 2" → "step 3" → "step 4" → … 10 more … → "step 15" → "step 16" → "step 17" → "step 18" → "step 19"

  "step 0" is ID at src/a.test.js:60
  "step 19" is ID at src/a.test.js:60`,
    ],
    [
      'no such label',
      `expect(event).toHaveCaused(other)

No event of this test has the id or label "begin". This test has logged:

  "start"
  "load cart"
  "load user"
  "loaded cart"
  "loaded user"
  "done" (2 times)`,
    ],
    [
      'no such label, with not',
      `expect(event).not.toHaveCaused(other)

No event of this test has the id or label "end". This test has logged:

  "start"
  "load cart"
  "load user"
  "loaded cart"
  "loaded user"
  "done"`,
    ],
    [
      'no events',
      `expect(event).toHaveCaused(other)

No event of this test has the id or label "start". This test has not logged any events yet (log() from @throughline/runtime/xtrace).`,
    ],
    [
      'many of a label',
      `expect(event).not.toHaveCaused(other)

2 events have the label "load x". Use the id of one of them, as returned by log():

  ID at src/a.test.js:4
  ID at src/a.test.js:4`,
    ],
    [
      'no text',
      `expect(event).toHaveCaused(other)

The event must be an event id, as returned by log(), or a label, got undefined.`,
    ],
    [
      'another test',
      `expect(event).toHaveCaused(other)

No event of this test has the id or label "load x". This test has not logged any events yet (log() from @throughline/runtime/xtrace).`,
    ],
  ])('what is not so says how it is: %s', (name, message) => {
    const [said] = run.tests[`fails ${name}`]!;
    expect(written(said!)).toBe(message);
  });
});

/** A failure without its stack, and without ids, which are new each time. */
function written(failure: string): string {
  return stripVTControlCharacters(failure)
    .split(/\n +at /)[0]!
    .replace(/^(?:Jest\w+|Error): /, '')
    .replace(/\b[0-9a-f]{16}\b/g, 'ID')
    .trimEnd();
}
