import { Events, prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

/** A service that answers by the path: at once, with an error, or only when the program lets it. */
const services = `
  let letGo, slowArrives;
  const slowCame = new Promise((resolve) => (slowArrives = resolve));
  const isLetGo = new Promise((resolve) => (letGo = resolve));
  const other = await serve(async (request, response) => {
    if (request.url === '/slow') slowArrives();
    if (request.url === '/slow') await isLetGo;
    response.writeHead(request.url === '/failing' ? 500 : 200).end();
  });
  const ask = async (path) => {
    const { status } = await fetch(other.url + path);
    if (status === 500) throw new Error('it failed');
  };
  /** Runs code in a task of its own. */
  async function inRequest(work) {
    const own = await serve(async (request, response) => {
      try { await work(); } catch {}
      response.end();
    });
    await get(own.url + '/x', { headers: inTask(1) });
    await own.stop();
  }
  async function stopAll() { letGo(); await pause(); await pause(); await other.stop(); }
`;

/** Runs code that waits for parts, and returns what the event after it says about them, each by the label of its event. */
async function partsOf(code: string): Promise<Record<string, string[]>> {
  const { events, stderr } = await programs.run(`${prelude}${services}
    await inRequest(async () => { ${code} });
    await stopAll();
  `);
  expect(stderr).toBe('');
  const own = events.ofTask(1);
  const [next] = own.reports.filter(({ label }) => label === 'next' || /^GET \/x 200/.test(label));
  const named = (field: string): string[] =>
    (next!.fields ?? []).flatMap(([name, value]) => {
      if (name !== field) return [];
      const part = own.reports.find(({ eventId }) => eventId === value);
      return `${Events.field(part!, 'phase') ?? 'event'} ${part!.label.replace(/127[^/]*/, '')}`;
    });
  return { failed: named('join.failed').sort(), abandoned: named('join.abandoned').sort() };
}

test.each<[string, string, string[], string[]]>([
  ['all are fulfilled', `await Promise.all([ask('/a'), ask('/b')]);`, [], []],
  [
    'one of all fails',
    `await Promise.all([ask('/slow'), ask('/failing')]);`,
    ['end GET /failing 500'],
    ['begin GET /slow'],
  ],
  [
    'one of all fails after another was done',
    `const done = ask('/a'); await done; await Promise.all([done, ask('/failing'), ask('/slow')]);`,
    ['end GET /failing 500'],
    ['begin GET /slow'],
  ],
  ['a race', `await Promise.race([ask('/slow'), ask('/a')]);`, [], ['begin GET /slow']],
  [
    'a race with something else',
    `await Promise.race([ask('/slow'), slowCame]);`,
    [],
    ['begin GET /slow'],
  ],
  [
    'a race of promises that are settled',
    `const [a, b] = [ask('/a'), ask('/b')]; await a; await b; await Promise.race([a, b]);`,
    [],
    [],
  ],
  [
    'any, after one that failed',
    `const failing = ask('/failing');
     await Promise.any([failing, ask('/slow'), failing.catch(() => ask('/a'))]);`,
    ['end GET /failing 500'],
    ['begin GET /slow'],
  ],
  ['none of any', `await Promise.any([ask('/failing')]);`, ['end GET /failing 500'], []],
  [
    'some of allSettled fail',
    `await Promise.allSettled([ask('/a'), ask('/failing')]);`,
    ['end GET /failing 500'],
    [],
  ],
  [
    'a part that waits for parts',
    `await Promise.race([Promise.all([ask('/slow'), ask('/a')]), ask('/b')]);`,
    [],
    ['begin GET /slow'],
  ],
  [
    'a part that has done nothing',
    `await Promise.race([new Promise(() => {}), ask('/a')]);`,
    [],
    [],
  ],
])('parts of a join: %s', async (_, code, failed, abandoned) => {
  expect(await partsOf(code)).toEqual({ failed, abandoned });
});

test('the parts are named once, by the next event', async () => {
  const { events } = await programs.run(`
    import { log } from '@throughline/runtime/xtrace';
    ${prelude}${services}
    await inRequest(async () => {
      await Promise.race([ask('/slow'), ask('/a')]);
      log('next');
      log('and then');
    });
    await stopAll();
  `);
  const naming = events.reports.filter((one) => Events.field(one, 'join.abandoned') !== undefined);
  expect(naming.map(({ label }) => label)).toEqual(['next']);
});

test('joins that fail keep their errors, ticks and stacks', async () => {
  const code = `
    const order = [];
    const fail = async (name) => { await null; throw new Error(name); };
    const note = (name) => (value) => void order.push(name + ' ' + (value?.message ?? value?.errors?.length ?? value));
    const all = Promise.all([fail('one'), fail('two'), 3]);
    all.then(note('all'), note('all'));
    Promise.any([fail('x'), fail('y')]).then(note('any'), note('any'));
    Promise.race([fail('r'), 7]).then(note('race'), note('race'));
    let tick = 0;
    const count = () => { order.push(tick++); if (tick < 9) queueMicrotask(count); };
    queueMicrotask(count);
    try { await all; } catch (error) { order.push(error.stack.split('\\n').filter((line) => /fail|Promise/.test(line)).length); }
    console.log(order.join());
  `;
  const [traced, plain] = [await programs.run(code), await programs.runPlain(code)];
  expect(traced.stdout).toBe(plain.stdout);
});

test('a part that waits for something unknown, and one that hands its failure on, are named', async () => {
  const { events } = await programs.run(`
    ${prelude}${services}
    const slow = async () => { console.log('slow begins'); await new Promise(() => {}); };
    const handed = () => ask('/failing').then((answer) => answer);
    await inRequest(async () => {
      await Promise.race([slow(), ask('/a')]);
      console.log('after the race');
      await Promise.allSettled([handed(), ask('/b')]);
      console.log('after all');
    });
    await stopAll();
  `);
  const named = (label: string, field: string): unknown => {
    const event = events.reports.find((one) => one.label === label)!;
    const id = Events.field(event, field);
    return events.reports.find(({ eventId }) => eventId === id)?.label.replace(/127[^/]*/, '');
  };
  expect(named('after the race', 'join.abandoned')).toBe('slow begins');
  expect(named('after all', 'join.failed')).toBe('GET /failing 500');
});

test('a part is told once, whatever goes on from the join, and however often it is raced', async () => {
  const { events } = await programs.run(`
    ${prelude}${services}
    await inRequest(async () => {
      const slow = ask('/slow');
      for (let i = 0; i < 3; i++) await Promise.race([slow, ask('/a')]);
      await Promise.all([ask('/b'), ask('/c')]);
      console.log('end');
    });
    await stopAll();
  `);
  const told = events.reports.filter((one) => Events.field(one, 'join.abandoned') !== undefined);
  expect(told).toHaveLength(1);
});
