// The store of several collectors in a current ClickHouse: the engine itself, and the real client.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Collector, Settings } from '@throughline/collector';
import { encodeBatch } from '@throughline/runtime/report';
import { ClickHouseStore } from '../../collector/src/clickhouse/clickhouse-store';
import { TABLES } from '../../collector/src/clickhouse/schema';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { fromColumns } from '../../collector/src/graph/task-columns';
import type { TaskPage, TaskSlice } from '../../collector/src/store/store';
import { testStore } from '../collector/store-contract';
import { root } from '../harness/child';
import { ask, startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';
import { startClickHouse } from './clickhouse-server';
import type { ClickHouse } from './clickhouse-server';

let server: ClickHouse;
beforeAll(async () => {
  server = await startClickHouse();
});
afterAll(() => server.stop());

async function newDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await server.command(`CREATE DATABASE ${name}`);
  return name;
}

/** Each file of a test is a database. */
const databases = new Map<string, Promise<string>>();

testStore('ClickHouse store', async (file) => {
  const name = databases.get(file) ?? newDatabase();
  databases.set(file, name);
  return new ClickHouseStore(`${server.location}/${await name}`, Infinity);
});

describe('a collector over ClickHouse', () => {
  let folder: string;
  let database: string;
  const running: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-spool-'));
    database = await newDatabase();
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.close();
    rmSync(folder, { recursive: true });
  });

  const start = async (settings: Partial<Settings> = {}): Promise<Collector> => {
    const collector = await startTestCollector({
      store: `${server.location}/${database}`,
      spool: join(folder, 'spool.db'),
      ...settings,
    });
    running.push(collector);
    return collector;
  };
  const send = async (collector: Collector, events: readonly TraceEvent[]) =>
    (
      await ask(collector, '/api/reports', {
        method: 'POST',
        body: Buffer.from(encodeBatch(events)),
      })
    ).body;
  const listed = async (collector: Collector) =>
    (await ask<TaskPage>(collector, '/api/tasks')).body.tasks;

  test('two collectors share it: each shows what the other one has stored, once', async () => {
    const [one, other] = [await start(), await start({ spool: join(folder, 'other.db') })];
    expect(await send(one, [event(1, 1), event(1, 2)])).toMatchObject({ kept: 2 });
    expect(await send(other, [event(1, 2), event(1, 3)])).toMatchObject({ kept: 1, duplicates: 1 });
    // It knows the task, and not what the other one has stored of it since.
    await send(one, [event(1, 3)]);

    for (const collector of [one, other]) {
      expect(await listed(collector)).toMatchObject([{ taskId: id(1), events: 3 }]);
      const { body } = await ask<{ events: TraceEvent[] }>(collector, `/api/tasks/${id(1)}`);
      expect(body.events).toEqual([event(1, 1), event(1, 2), event(1, 3)]);
    }
  });

  test('a live answer of one has what the other one stores', async () => {
    const [one, other] = [await start(), await start({ spool: join(folder, 'other.db') })];
    await send(one, [event(1, 1)]);
    const gone = new AbortController();
    const live = await fetch(`${one.url}/api/tasks/${id(1)}/live`, { signal: gone.signal });
    const reader = live.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toMatch(/"total":1,/);
    await send(other, [event(1, 2)]);

    expect((await reader.read()).value).toMatch(/"total":2,/);
    gone.abort();
  });

  test('while it is away, reports wait on disk, and are stored when it is back', async () => {
    const collector = await start();
    await send(collector, [event(1, 1)]);
    await server.kill();

    expect(await send(collector, [event(1, 1), event(1, 2)])).toMatchObject({ spooled: 2 });
    expect(await send(collector, [event(2, 1)])).toMatchObject({ kept: 0, spooled: 1 });
    expect(collector.counters).toMatchObject({ received: 4, kept: 1, waiting: 3 });
    const health = await ask<{ problems: string[] }>(collector, '/health');
    expect(health.status).toBe(200);
    expect(health.body.problems.join()).toMatch(/the store is away.*wait on disk.*ECONNREFUSED/);
    expect(await ask(collector, '/api/tasks')).toMatchObject({
      status: 503,
      body: { code: 'TL_STORE_UNAVAILABLE' },
    });
    expect((await ask(collector, '/metrics')).text).toMatch(/reports_waiting 3\n/);

    server = await server.restart();
    await until('nothing waits', () => collector.counters.waiting === 0);
    expect(collector.counters).toMatchObject({ received: 4, kept: 3, duplicates: 1 });
    expect(collector.away).toBeUndefined();
    expect(await listed(collector)).toMatchObject([{ events: 2 }, { events: 1 }]);
  });

  test('what waits on disk survives the collector, and a collector starts though the store is away', async () => {
    await server.kill();
    const first = await start();
    await send(first, [event(1, 1), event(1, 2)]);
    expect(first.away).toMatch(/ECONNREFUSED/);
    await first.close();
    const second = await start();
    expect(second.counters).toMatchObject({ received: 2, waiting: 2, kept: 0 });

    server = await server.restart();
    await until('nothing waits', () => second.counters.waiting === 0);
    expect(second.counters).toMatchObject({ received: 2, kept: 2 });
    expect(await listed(second)).toMatchObject([{ events: 2 }]);
  });

  test('when the spool is full, senders wait', async () => {
    await server.kill();
    const collector = await start({ maxSpool: 100 });
    const sent = send(collector, [event(1, 1, [], { label: 'x'.repeat(200) })]);
    await until('it says so', async () => {
      const { status, body } = await ask<{ problems: string[] }>(collector, '/health');
      return status === 503 && /the spool is full/.test(body.problems.join());
    });

    server = await server.restart();
    expect(await sent).toMatchObject({ kept: 1 });
  });

  test('a spool has one collector', async () => {
    await start();
    await expect(start()).rejects.toThrow(
      /Cannot open the spool ".*spool\.db".*set "spool" to another one.*TL_STORE_UNAVAILABLE/,
    );
  });

  test.each([
    ['a database that does not exist', (at: string) => `${at}/nowhere`, /UNKNOWN_DATABASE/],
    ['a table of another program', (at: string) => `${at}/other`, /"events" is not one of this/],
  ])('%s is refused at the start', async (_, store, message) => {
    await server.command('CREATE DATABASE IF NOT EXISTS other');
    await server.command('CREATE OR REPLACE TABLE other.events (x Int8) ORDER BY x');

    await expect(start({ store: store(server.location) })).rejects.toThrow(message);
    expect(await server.command('EXISTS TABLE other.tasks')).toBe('0\n');
  });

  test('old events are removed by the server, and new ones are listed', async () => {
    const ttl = async (): Promise<number> =>
      Number(
        await server.command(
          `SELECT countIf(engine_full LIKE '%TTL received + toIntervalSecond(21600)%')
          FROM system.tables WHERE database = '${database}'`,
        ),
      );
    const collector = await start({ maxAge: 6 * 3_600_000 });
    await send(collector, [event(1, 1)]);
    expect(await ttl()).toBe(2);
    await server.command(`OPTIMIZE TABLE ${database}.tasks FINAL`);
    expect(await listed(collector)).toMatchObject([{ events: 1 }]);

    await start({ spool: join(folder, 'other.db') });
    expect(await ttl()).toBe(0);
  });

  test('an end that comes before its begin, to another collector, names its task', async () => {
    const [one, other] = [await start(), await start({ spool: join(folder, 'other.db') })];
    const fields = (phase: string): NonNullable<TraceEvent['fields']> => [
      ['operation', id(1)],
      ['phase', phase],
    ];
    await send(other, [event(1, 9, [1], { label: 'GET /carts/:id', fields: fields('end') })]);
    await send(one, [event(1, 1, [], { label: 'GET', fields: fields('begin') }), event(1, 20)]);

    expect(await listed(one)).toMatchObject([{ title: 'GET /carts/:id', duration: 8, events: 3 }]);
  });

  test('what two collectors have stored stays as it came first, for cursors, too', async () => {
    const [one, other] = [await start(), await start({ spool: join(folder, 'other.db') })];
    const labels = async (collector: Collector, after = ''): Promise<string[]> => {
      const { body } = await ask<TaskSlice>(collector, `/api/tasks/${id(1)}/slices?after=${after}`);
      cursor = body.next;
      return [...fromColumns(body.columns)].map(({ label }) => label);
    };
    let cursor = '';
    await send(one, [event(1, 1)]);
    await send(other, [event(1, 1), event(1, 2)]);
    await send(one, [event(1, 2, [], { label: 'other contents' })]);
    expect(await labels(one)).toEqual(['event 1', 'event 2']);
    await server.command(`OPTIMIZE TABLE ${database}.events FINAL`);

    expect(await labels(one, cursor)).toEqual([]);
    expect(await labels(one)).toEqual(['event 1', 'event 2']);
  });

  test('what a summary misses, because a server has failed, it has when it comes again', async () => {
    const [one, other] = [await start(), await start({ spool: join(folder, 'other.db') })];
    await server.command(`DETACH TABLE ${database}.tasks_of_events`);
    await send(one, [event(1, 1), event(1, 2)]);
    await server.command(`ATTACH TABLE ${database}.tasks_of_events`);
    expect(await listed(one)).toEqual([]);

    expect(await send(other, [event(1, 1)])).toMatchObject({ duplicates: 1 });
    expect(await send(other, [event(1, 2)])).toMatchObject({ duplicates: 1 });
    expect(await listed(one)).toMatchObject([{ events: 2 }]);
  });

  test('a database that is made anew gets its tables again', async () => {
    const collector = await start();
    await send(collector, [event(1, 1)]);
    await server.command(`DROP DATABASE ${database} SYNC`);
    await server.command(`CREATE DATABASE ${database}`);
    await send(collector, [event(1, 2)]);
    await until('it is stored', () => collector.counters.waiting === 0);

    expect(await listed(collector)).toMatchObject([{ events: 1 }]);
  });

  test('a server that goes away while nothing is sent makes no collector unwell', async () => {
    const collector = await start();
    await server.kill();
    const health = await ask<{ problems: string[] }>(collector, '/health');

    expect(health.status).toBe(200);
    expect(health.body.problems.join()).toMatch(/ECONNREFUSED/);
    server = await server.restart();
  });

  test.each([
    ['1:11111:'.repeat(40), 'digits without end'],
    ['1:2,x', 'something else'],
    ["1:1' OR 1", 'SQL'],
  ])('a cursor of %s is none (%s)', async (cursor) => {
    const collector = await start();
    await send(collector, [event(1, 1)]);

    const path = `/api/tasks/${id(1)}/slices?after=${encodeURIComponent(cursor)}`;
    expect(await ask(collector, path)).toMatchObject({ body: { columns: { ids: id(1) } } });
  });

  describe('on tables of a cluster, as docs/scale.md has them', () => {
    const page = readFileSync(join(root, 'docs', 'scale.md'), 'utf8');
    const statements = /```sql tables\.sql\n([\s\S]*?)```/
      .exec(page)![1]!
      .split(';\n')
      .map((statement) => statement.trim())
      .filter(Boolean);

    test('they are those of one server, with what is of a cluster', () => {
      const asOfOne = statements.slice(0, 3).map((statement) =>
        plain(
          statement
            .replace(' ON CLUSTER throughline', '')
            .replace(/Replicated(\w+)\('.*?', '\{replica\}'(?:, (\w+))?\)/, ofOneServer)
            .replace(/_of_shard/g, '')
            .replace(/ TTL .*$/m, '')
            .replace(/\nTTL .*$/, '')
            .replace(/^CREATE (TABLE|MATERIALIZED VIEW) /, 'CREATE $1 IF NOT EXISTS '),
        ),
      );

      expect(asOfOne).toEqual(Object.values(TABLES).map(plain));
    });

    test('a collector stores, lists and reads, and makes no table', async () => {
      for (const statement of statements) {
        await server.command(
          statement
            // The engine is the only server of its cluster, and has no replicas.
            .replace(/Replicated(\w+)\('.*?', '\{replica\}'(?:, (\w+))?\)/, ofOneServer)
            .replace(' ON CLUSTER throughline', '')
            .replace(/CREATE (TABLE|MATERIALIZED VIEW) /, `CREATE $1 ${database}.`)
            .replace(/(TO |FROM |AS )(\w+_of_shard)/g, `$1${database}.$2`)
            .replace('currentDatabase()', `'${database}'`),
        );
      }
      const collector = await start();
      const half = { ...event(1, 4), taskId: `${'a'.repeat(16)}${id(1)}` };
      await send(collector, [event(1, 1), event(1, 2), event(2, 1), half]);

      expect(await listed(collector)).toMatchObject([
        { taskId: half.taskId, events: 3 },
        { taskId: id(2), events: 1 },
      ]);
      expect(await ask(collector, '/api/tasks?where=events%3E1')).toMatchObject({
        body: { matching: 1, total: 2 },
      });
      expect(await ask(collector, `/api/tasks/${id(1)}/slices`)).toMatchObject({
        body: { total: 3 },
      });
      const tables = await server.command(
        `SELECT name FROM system.tables WHERE database = '${database}' ORDER BY name`,
      );
      expect(tables.trim().split('\n')).toEqual([
        ...['events', 'events_of_shard', 'tasks', 'tasks_of_events', 'tasks_of_shard'],
      ]);
    });
  });
});

/** The same statement with one space wherever there is some. */
function plain(statement: string): string {
  return statement.replace(/\s+/g, ' ').trim();
}

/** An engine without its replicas. */
function ofOneServer(_: string, engine: string, version?: string): string {
  return version === undefined ? engine : `${engine}(${version})`;
}
