import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());
const write = (name: string, text: string): void =>
  writeFileSync(join(programs.folder, name), text);

/** A child that answers each message after a while. */
const CHILD = `
  import { log } from '@throughline/runtime/xtrace';
  process.on('message', async (message) => {
    if (message === 'end') return setImmediate(() => process.disconnect());
    log('asked ' + message.n);
    await new Promise((resolve) => setTimeout(resolve, 2));
    log('worked on ' + message.n);
    process.send({ ...message, answer: true });
  });
  // Of what comes before a worker of a cluster listens, Node tells nobody.
  process.send({ n: 'ready' });
`;

/** A program that serves requests by asking a child for each. */
const parent = (start: string): string => `${prelude}
  import cluster from 'node:cluster';
  import { fork } from 'node:child_process';
  import { log } from '@throughline/runtime/xtrace';
  const child = ${start};
  const waiting = new Map();
  const ready = new Promise((resolve) => waiting.set('ready', resolve));
  child.on('message', (message) => {
    log('answered ' + message.n);
    waiting.get(message.n)(message);
  });
  const ask = (n) => new Promise((resolve) => {
    waiting.set(n, resolve);
    child.send({ n });
  });
  const { url, stop } = await serve(async (request, response) => {
    const n = Number(request.url.slice(1));
    log('asks ' + n);
    const { answer } = await ask(n);
    log('got ' + n);
    response.end(String(answer));
  });
  await ready;
  const all = Array.from({ length: 32 }, (_, n) => get(url + '/' + (n + 1), { headers: inTask(n + 1) }));
  console.log(new Set(await Promise.all(all)).size);
  child.send('end');
  await once(child, 'exit');
  await stop();
`;

test.each([
  ['fork', `fork('child.js')`],
  ['fork, with another serialization', `fork('child.js', { serialization: 'advanced' })`],
  ['cluster', `(cluster.setupPrimary({ exec: 'child.js' }), cluster.fork())`],
])('%s: messages take the task of their sender along, in both directions', async (_what, start) => {
  write('child.js', CHILD);
  const { events, stdout, stderr } = await programs.run(parent(start));

  expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' });
  for (let n = 1; n <= 32; n++) {
    const own = events.ofTask(n);
    const parents = (label: string): string[] =>
      own.parentsOf(own.reports.find((one) => one.label === label)!);
    expect(parents(`asked ${n}`)).toEqual([`event asks ${n}`]);
    expect(parents(`worked on ${n}`)).toEqual([`event asked ${n}`]);
    expect(parents(`answered ${n}`)).toEqual([`event worked on ${n}`]);
    expect(parents(`got ${n}`)).toEqual([`event answered ${n}`]);
  }
});

test('values of slots that can cross go along, too', async () => {
  const slot = `
    import { getLocal, register, setLocal } from '@throughline/runtime';
    const user = register('nobody', { carry: { name: 'user', encode: String, decode: String } });
  `;
  write(
    'child.js',
    `${slot}
    process.on('message', (message) => {
      if (message === 'end') return setImmediate(() => process.disconnect());
      process.send([message, getLocal(user)]);
    });`,
  );
  const { stdout, stderr } = await programs.run(`${prelude}${slot}
    import { fork } from 'node:child_process';
    const child = fork('child.js');
    child.send('first');
    console.log((await once(child, 'message'))[0].join());
    await Promise.all(['ada', 'grace'].map(async (name) => { setLocal(user, name); await null; child.send(name); }));
    const seen = [];
    for (let i = 0; i < 2; i++) seen.push((await once(child, 'message'))[0].join(' '));
    console.log(seen.join());
    child.send('end');
    await once(child, 'exit');
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'first,nobody\nada ada,grace grace\n', stderr: '' });
});

/** A child that notes everything that it is told, and what it finds in its environment. */
const WITNESS = `
  import { writeFileSync } from 'node:fs';
  const seen = [];
  process.on('message', (message) => {
    if (message !== 'end') return seen.push(message);
    const variables = Object.keys(process.env).filter((name) => name.startsWith('THROUGHLINE_IPC'));
    writeFileSync('seen.json', JSON.stringify({ seen, variables, internal }));
    setImmediate(() => process.disconnect());
  });
  const internal = [];
  process.on('internalMessage', (message) => internal.push(message.cmd));
`;

test.each([
  ['that is instrumented', '', []],
  [
    'that is not',
    `{ execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } }`,
    ['THROUGHLINE_IPC'],
  ],
])('a child %s sees only what the program has sent', async (_what, options, variables) => {
  write('witness.js', WITNESS);
  const { stdout, stderr } = await programs.run(`${prelude}
    import { fork } from 'node:child_process';
    import { log } from '@throughline/runtime/xtrace';
    const child = fork('witness.js'${options && `, ${options}`});
    const seen = [];
    child.on('message', (message) => seen.push(message));
    log('before');
    await pause();
    for (const n of [1, 2, 3]) child.send({ n });
    console.log(child.send({ n: 4 }), Object.keys(child).includes('send'), child.send.name, child.send.length);
    await new Promise((resolve) => child.send({ n: 5 }, resolve));
    child.send('end');
    await once(child, 'exit');
    console.log(seen.length);
    child.send('late', (error) => console.log(error.code));
    await pause();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'true true send 4\n0\nERR_IPC_CHANNEL_CLOSED\n',
    stderr: '',
  });
  const found = JSON.parse(readFileSync(join(programs.folder, 'seen.json'), 'utf8')) as {
    seen: unknown;
    variables: string[];
    internal: string[];
  };
  expect(found.seen).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })));
  expect(found.internal).toEqual([]);
  expect(found.variables).toEqual(variables);
});

test('messages that come before anybody listens, and those that cannot be sent, keep to their senders', async () => {
  write(
    'late.js',
    `import { getLocal, register } from '@throughline/runtime';
    const user = register('nobody', { carry: { name: 'user', encode: String, decode: String } });
    process.send('ready');
    setTimeout(() => {
      process.on('message', (message) => {
        if (message === 'end') return setImmediate(() => process.disconnect());
        process.send([message, getLocal(user)]);
      });
    }, 50);`,
  );
  const { stdout, stderr } = await programs.run(`${prelude}
    import { fork } from 'node:child_process';
    import { getLocal, register, setLocal } from '@throughline/runtime';
    const user = register('nobody', { carry: { name: 'user', encode: String, decode: String } });
    const child = fork('late.js');
    const seen = [];
    const all = new Promise((resolve) => child.on('message', (message) => {
      if (message === 'ready') return;
      seen.push(message.join(' '));
      if (seen.length === 4) resolve();
    }));
    await once(child, 'message');
    const circular = {};
    circular.own = circular;
    await Promise.all(['ada', 'grace', 'nobody else', 'alan'].map(async (name) => {
      if (name !== 'nobody else') setLocal(user, name);
      if (name === 'grace') try { child.send(circular); } catch (error) { console.log(error.name); }
      child.send(name);
    }));
    await all;
    console.log(seen.join());
    child.send('end');
    await once(child, 'exit');
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'TypeError\nada ada,grace grace,nobody else nobody,alan alan\n',
    stderr: '',
  });
});
