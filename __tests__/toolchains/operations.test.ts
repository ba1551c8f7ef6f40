// What becomes an operation of itself, with the real packages and, where Debian has one, the real server.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '../harness/collector';
import { until } from '../harness/until';
import { Events, prelude, runTraced } from '../operations/program';
import type { Finished } from '../operations/program';
import { Project } from './project';

const PACKAGES = [
  'express@5.2.1',
  'express4@npm:express@4.22.1',
  'fastify@5.12.8',
  'ioredis@6.0.0',
  'redis@6.3.1',
];

let project: Project;
beforeAll(async () => {
  project = await Project.with(PACKAGES);
});

const run = (code: string): Promise<Finished> =>
  runTraced(project.folder, 'program.mjs', prelude + code);

describe.each(['express', 'express4'])('%s', (name) => {
  test('the end of a request has the route, below the path of its router', async () => {
    const { events, stdout } = await run(`
      import express from '${name}';
      const app = express();
      const carts = express.Router();
      carts.get('/:id', async (request, response) => {
        await pause();
        response.send('cart ' + request.params.id);
      });
      app.use(express.json());
      app.use('/carts', carts);
      const { url, stop } = await serve(app);
      console.log(await get(url + '/carts/17'), await get(url + '/nowhere').then(() => 'none'));
      await stop();
    `);

    expect(stdout).toBe('cart 17 none\n');
    const end = events.find('end', /^GET \/carts\/:id 200$/);
    expect(Events.field(end, 'http.route')).toBe('/carts/:id');
    expect(events.parentsOf(end)).toEqual(['begin GET /carts/17']);
    expect(Events.field(events.find('end', /^GET \/nowhere 404$/), 'http.route')).toBeUndefined();
  });
});

test('fastify: the end of a request has the route', async () => {
  const { events, stdout } = await run(`
    import fastify from 'fastify';
    const app = fastify();
    app.addHook('preHandler', async () => pause());
    app.get('/carts/:id', async (request) => 'cart ' + request.params.id);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    console.log(await get(url + '/carts/17'));
    await app.close();
  `);

  expect(stdout).toBe('cart 17\n');
  expect(events.parentsOf(events.find('end', /^GET \/carts\/:id 200$/))).toEqual([
    'begin GET /carts/17',
  ]);
});

describe('Redis', () => {
  let server: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const flags = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    server = spawn('redis-server', flags, { stdio: 'ignore' });
    await until('redis-server (Debian: redis-server)', () => answers(port));
  });
  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
  });

  test.each([
    [
      'ioredis',
      `import Redis from 'ioredis';
       // Until it is connected, it queues its commands, and they belong to who has connected it.
       const open = async (port) => {
         const redis = new Redis(port, '127.0.0.1');
         await redis.ping();
         return redis;
       };
       const close = (redis) => redis.disconnect();`,
    ],
    [
      'redis',
      `import { createClient } from 'redis';
       const open = (port) => createClient({ url: 'redis://127.0.0.1:' + port }).connect();
       const close = (redis) => redis.destroy();`,
    ],
  ])('%s: commands run side by side, and are joined', async (name, client) => {
    const { events, stdout } = await run(`${client}
      const redis = await open(${port});
      const { url, stop } = await serve(async (request, response) => {
        await redis.set('${name}', 'secret');
        const both = await Promise.all([redis.get('${name}'), redis.exists('${name}')]);
        const pop = redis.lPop ?? redis.lpop;
        await redis.incr('n').then(() => pop.call(redis, '${name}')).catch((error) => both.push(error.message));
        response.end(both.join());
      });
      console.log(await get(url + '/x'));
      await stop();
      close(redis);
    `);

    expect(stdout).toMatch(/^secret,1,WRONGTYPE/);
    const parents = (phase: 'begin' | 'end', command: string): string[] =>
      events.parentsOf(events.find(phase, new RegExp(`^${command}$`)));
    expect(parents('begin', 'SET')).toEqual(['begin GET /x']);
    expect(parents('begin', 'EXISTS')).toEqual(['end SET ended']);
    expect(parents('begin', 'INCR')).toEqual(['end EXISTS ended', 'end GET ended']);
    expect(parents('begin', 'LPOP')).toEqual(['end INCR ended']);
    expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual(['end LPOP failed']);
    const failed = events.find('end', /^LPOP failed$/);
    expect(Events.field(failed, 'status')).toBe('error');
    expect(Events.field(failed, 'error.message')).toMatch(/^WRONGTYPE/);
    const begun = events.find('begin', /^SET$/);
    expect(Events.field(begun, 'db.system.name')).toBe('redis');
    expect(Events.field(begun, 'server.port')).toBe(String(port));
    expect(JSON.stringify(events.reports)).not.toContain('secret');
  });
});

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
