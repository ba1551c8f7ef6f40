// What becomes an operation of itself, with the real packages and, where Debian has one, the real server.
import { Events } from '../operations/program';
import { contention, expectApart, expectQueries, queries } from './queries';
import { startMysql, startPostgres, startRedis } from './servers';
import type { Server } from './servers';
import { programsWith } from './traced';

const PACKAGES = [
  'express@5.2.1',
  'express4@npm:express@4.22.1',
  'fastify@5.12.8',
  'ioredis@6.0.0',
  'mysql2@3.24.6',
  'pg@8.23.1',
  'pino@10.4.0',
  'postgres@3.4.9',
  'redis@6.3.1',
];

const run = programsWith(PACKAGES);

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
      app.use('/items', express.Router().get('/', (request, response) => response.send('items')));
      app.use('/graph', (request, response) => response.send('graph'));
      const { url, stop } = await serve(app);
      console.log(await get(url + '/carts/17'), await get(url + '/nowhere').then(() => 'none'));
      await get(url + '/items');
      await get(url + '/graph/x');
      await stop();
    `);

    expect(stdout).toBe('cart 17 none\n');
    expect(events.all('end', /^GET \/(?:items|graph\/x) 200$/)).toHaveLength(2);
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

describe('pino', () => {
  const program = `
    import pino from 'pino';
    const logger = pino({ level: 'debug' }, { write() {} });
    const { url, stop } = await serve(async (request, response) => {
      logger.info({ password: 'secret' }, 'one of %d', 2);
      await pause();
      logger.child({ part: 2 }).error(new Error('no cart'));
      logger.trace('below the level');
      response.end('x');
    });
    console.log(await get(url + '/x'));
    await stop();
  `;

  test('a line is an event of the code that has written it', async () => {
    const { events, stdout } = await run(program);

    expect(stdout).toBe('x\n');
    const one = events.reports.find(({ label }) => label === 'one of 2')!;
    expect(Events.field(one, 'log.level')).toBe('info');
    expect(events.parentsOf(one)).toEqual(['begin GET /x']);
    const two = events.reports.find(({ label }) => label === 'no cart')!;
    expect(Events.field(two, 'log.level')).toBe('error');
    expect(events.parentsOf(two)).toEqual(['event one of 2']);
    expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual(['event no cart']);
    expect(JSON.stringify(events.reports)).not.toMatch(/secret|below/);
  });

  test('lines are left out on request', async () => {
    const { events } = await run(program, { THROUGHLINE_LOGS: 'off' });

    expect(events.reports.map(({ label }) => label)).not.toContain('one of 2');
  });
});

describe('Redis', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = await startRedis();
    ({ port } = server);
  });
  afterAll(() => server.stop());

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
      // What it prints by the console is in the graph.
      process.stdout.write(await get(url + '/x'));
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

describe('PostgreSQL', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test.each([
    ['a pool', '(text) => pool.query(text)'],
    ['values', '(text) => pool.query({ text, values: [] })'],
    ['a client', '(text) => client.query(text)'],
    ['a callback of a client', `(text) => asked(client, text)`],
    ['a callback of a pool', `(text) => asked(pool, text)`],
  ])('pg, by %s: queries run side by side, and are joined', async (_, ask) => {
    const finished = await run(`
      import pg from 'pg';
      const pool = new pg.Pool({ host: '127.0.0.1', port: ${server.port}, user: 'postgres' });
      await pool.query('drop table if exists carts; create table carts (a int, b text)');
      const client = await pool.connect();
      const ask = ${ask};
      ${queries('ask')}
      client.release();
      await pool.end();
    `);

    expectQueries(finished, '42P01', 'postgresql');
  });

  test.each([
    ['queries of a pool', '(text) => pool.query(text)'],
    [
      'clients of a pool',
      `async (text) => {
        const client = await pool.connect();
        try {
          return await client.query(text);
        } finally {
          client.release();
        }
      }`,
    ],
  ])('pg, %s: 32 requests that share two connections keep their queries apart', async (_, ask) => {
    const finished = await run(`
      import pg from 'pg';
      const pool = new pg.Pool({ host: '127.0.0.1', port: ${server.port}, user: 'postgres', max: 2 });
      ${contention(ask)}
    `);

    expectApart(finished);
  });

  const openPostgres = {
    imported: `import postgres from 'postgres';`,
    required: `import { createRequire } from 'node:module';
      const postgres = createRequire(import.meta.url)('postgres');`,
  };

  test.each(Object.entries(openPostgres))(
    'postgres, %s: queries run side by side, and are joined',
    async (_, open) => {
      const finished = await run(`
        ${open}
        const options = { host: '127.0.0.1', port: ${server.port}, user: 'postgres', onnotice() {} };
        const sql = postgres(options);
        await sql\`drop table if exists carts\`;
        await sql\`create table carts (a int, b text)\`;
        const ask = (text) => sql.unsafe(text);
        ${queries('ask')}
        await sql.end();
      `);

      expectQueries(finished, '42P01', 'postgresql');
    },
  );

  test('postgres: 32 requests that share two connections keep their queries apart', async () => {
    const finished = await run(`
      ${openPostgres.imported}
      const options = { host: '127.0.0.1', port: ${server.port}, user: 'postgres', max: 2 };
      const sql = postgres(options);
      const pool = { end: () => sql.end() };
      ${contention('(text) => sql.unsafe(text)')}
    `);

    expectApart(finished);
  });

  test('postgres: callbacks for rows run in the context of who has asked, and a description ends once', async () => {
    const { events, stdout, stderr } = await run(`
      ${openPostgres.imported}
      import { log } from '@throughline/runtime/xtrace';
      const options = { host: '127.0.0.1', port: ${server.port}, user: 'postgres', max: 1 };
      const sql = postgres(options);
      const { url, stop } = await serve(async (request, response) => {
        const n = Number(request.url.slice(1));
        await sql\`select \${n}::int as n\`.forEach((row) => log('row ' + row.n));
        await sql\`select \${n}::int as n\`.cursor(1, ([row]) => log('cursor ' + row.n));
        const { columns } = await sql\`select \${n}::int as n\`.describe();
        response.end(columns[0].name);
      });
      const ask = (n) => get(url + '/' + n, { headers: inTask(n + 1) });
      console.log(new Set(await Promise.all(Array.from({ length: 8 }, (_, n) => ask(n)))));
      await stop();
      await sql.end();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: "Set(1) { 'n' }\n", stderr: '' });
    for (let n = 0; n < 8; n++) {
      const own = events.ofTask(n + 1);
      const labels = own.reports
        .map(({ label }) => label)
        .filter((one) => /^(?:row|cursor) /.test(one));
      expect(labels).toEqual([`row ${n}`, `cursor ${n}`]);
      expect(own.all('begin', /^SELECT/)).toHaveLength(own.all('end', /^SELECT/).length);
    }
  });

  test('postgres: parts of queries, transactions and cursors are as they were', async () => {
    const { events, stdout, stderr } = await run(`
      ${openPostgres.imported}
      const options = { host: '127.0.0.1', port: ${server.port}, user: 'postgres' };
      const sql = postgres(options);
      const { url, stop } = await serve(async (request, response) => {
        const part = sql\`where n > \${'2'}::int\`;
        const found = await sql\`select n from generate_series(1, 4) as n \${part}\`;
        const kept = await sql.begin(async (inside) => {
          const [{ n }] = await inside\`select \${6}::int as n\`;
          return n + 1;
        });
        const read = [];
        for await (const [row] of sql\`select n from generate_series(1, 3) as n\`.cursor()) read.push(row.n);
        const thrown = await sql\`select \${1}::int / 0\`.catch((error) => error.code);
        response.end([found.count, found[0].n, kept, read, thrown].join());
      });
      console.log(await get(url + '/x', { headers: inTask(1) }));
      await stop();
      await sql.end();
    `);

    expect(stderr).toBe('');
    expect(stdout).toBe('2,3,7,1,2,3,22012\n');
    const first = events.find('begin', /^SELECT generate_series/);
    expect(Events.field(first, 'db.query.text')).toBe(
      'select n from generate_series(?) as n where n > ?::int',
    );
    expect(events.parentsOf(events.find('begin', /^BEGIN$/))).toEqual([
      'end SELECT generate_series ended',
    ]);
    expect(events.parentsOf(events.find('begin', /^COMMIT$/))).toEqual(['end SELECT ended']);
    expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual(['end SELECT failed']);
  });

  test.each(['client', 'pool'])(
    'pg, by a callback of a %s: who stands between gives the callback what it wants',
    async (name) => {
      const { events, stdout } = await run(`
        import pg from 'pg';
        const options = { host: '127.0.0.1', port: ${server.port}, user: 'postgres' };
        const client = new pg.Client(options);
        const pool = new pg.Pool(options);
        await client.connect();
        const { query } = ${name};
        ${name}.query = (text, callback) =>
          query.call(${name}, text, (error, result) => callback(error, result?.rows));
        ${name}.query('select 7 as n', (error, rows) => {
          console.log(rows[0].n);
          client.end();
          pool.end();
        });
      `);

      expect(stdout).toBe('7\n');
      events.find('end', /^SELECT ended$/);
    },
  );

  test('pg: what a callback gets is as it was, and its query is in the graph', async () => {
    const { events, stdout } = await run(`
      import pg from 'pg';
      const client = new pg.Client({ host: '127.0.0.1', port: ${server.port}, user: 'postgres' });
      await client.connect();
      const { url, stop } = await serve((request, response) => {
        const result = client.query('select 7 as n', (error, { rows }) => {
          client.query('select x from nowhere', [], function ({ code }) {
            response.end([rows[0].n, code, arguments.length, typeof result].join());
          });
        });
      });
      console.log(await get(url + '/x'));
      try {
        client.query(null);
      } catch (error) {
        console.log(error.name);
      }
      await stop();
      await client.end();
    `);

    expect(stdout).toBe('7,42P01,1,undefined\nTypeError\n');
    expect(events.parentsOf(events.find('end', /^SELECT ended$/))).toEqual(['begin SELECT']);
    expect(events.parentsOf(events.find('begin', /^SELECT nowhere$/))).toEqual([
      'end SELECT ended',
    ]);
    expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual([
      'end SELECT nowhere failed',
    ]);
    expect(Events.field(events.find('end', /^SELECT nowhere failed$/), 'status')).toBe('error');
  });
});

describe('MySQL', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startMysql();
  });
  afterAll(() => server.stop());

  test.each([
    ['a pool', '(text) => pool.query(text)'],
    ['a prepared statement', '(text) => pool.execute(text)'],
    ['a connection', '(text) => connection.query(text)'],
    ['a callback of a pool', '(text) => asked(pool.pool, text)'],
    ['a callback of a connection', '(text) => asked(connection.connection, text)'],
  ])('mysql2, by %s: queries run side by side, and are joined', async (_, ask) => {
    const finished = await run(`
      import mysql from 'mysql2/promise';
      const settings = { host: '127.0.0.1', port: ${server.port}, user: 'root' };
      const first = await mysql.createConnection(settings);
      await first.query('create database if not exists shop');
      await first.end();
      const pool = mysql.createPool({ ...settings, database: 'shop' });
      const connection = await mysql.createConnection({ ...settings, database: 'shop' });
      await pool.query('drop table if exists carts');
      await pool.query('create table carts (a int, b text)');
      const ask = ${ask};
      ${queries('ask')}
      await pool.end();
      await connection.end();
    `);

    expectQueries(finished, 'ER_NO_SUCH_TABLE', 'mysql');
  });

  test('mysql2: 32 requests that share two connections keep their queries apart', async () => {
    const finished = await run(`
      import mysql from 'mysql2/promise';
      const settings = { host: '127.0.0.1', port: ${server.port}, user: 'root' };
      const pool = mysql.createPool({ ...settings, connectionLimit: 2 });
      ${contention('(text) => pool.query(text)')}
    `);

    expectApart(finished);
  });
});
