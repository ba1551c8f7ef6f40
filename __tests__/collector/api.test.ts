import { encodeReport } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';
import type { Collector } from '@throughline/collector';
import { fromColumns } from '../../collector/src/graph/task-columns';
import type { TaskPage, TaskSlice } from '../../collector/src/store/store';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { decimal, PAPER_EVENTS, PAPER_PROCESSES, PAPER_TASK } from '../harness/paper';
import { PubsubConnection } from '../harness/pubsub-connection';
import { ask, startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';

let collector: Collector;
let client: PubsubConnection;
let sent = 0;
beforeEach(async () => {
  collector = await startTestCollector();
  client = await PubsubConnection.to(collector.reportAddress);
  sent = 0;
});
afterEach(async () => {
  client.destroy();
  await collector.close();
});

async function report(...reports: Report[]): Promise<void> {
  for (const one of reports) await client.publish('xtrace', encodeReport(one));
  sent += reports.length;
  await until(`${sent} reports`, () => {
    const { received, waiting } = collector.counters;
    return received === sent && waiting === 0;
  });
}
const LISTING = `task_id: 5655435119442465856
event_id: 6289766621339003385
parent_event_id: 5470210360033630164
timestamp: 1474851945531432
process_id: 40208
process_name: "./example --xtrace-server :5563 --next-server :1234 --in 3"
label: "passing --in (3) to :1234"

task_id: 5655435119442465856
event_id: 8768524173443383991
parent_event_id: 6289766621339003385
timestamp: 1474851945538647
process_id: 40207
process_name: "./example --xtrace-server :5563 --add 7 --listen-addr :1234 --next-server :5678"
label: "applying operation +7 to argument 3: 10"

task_id: 5655435119442465856
event_id: 3621238959106384114
parent_event_id: 8768524173443383991
timestamp: 1474851945538780
process_id: 40207
process_name: "./example --xtrace-server :5563 --add 7 --listen-addr :1234 --next-server :5678"
label: "passing to :5678"

task_id: 5655435119442465856
event_id: 2500724463162741905
parent_event_id: 3621238959106384114
timestamp: 1474851945540604
process_id: 40204
process_name: "./example --xtrace-server :5563 --mul 3 --listen-addr :5678"
label: "applying operation *3 to argument 10: 30"

task_id: 5655435119442465856
event_id: 2128074912784557060
parent_event_id: 2500724463162741905
timestamp: 1474851945540877
process_id: 40204
process_name: "./example --xtrace-server :5563 --mul 3 --listen-addr :5678"
label: "returning value 30"
`;

describe('text records', () => {
  test('the paper’s run is printed as the paper prints it', async () => {
    await report(...[...PAPER_EVENTS].reverse());
    const { status, text, headers } = await ask(collector, `/api/tasks/${PAPER_TASK}/text`);

    expect(status).toBe(200);
    expect(text).toBe(LISTING);
    expect(headers.get('content-type')).toMatch(/^text\/plain; ?charset=utf-8$/i);
  });

  test('a root has the parent 0, and every parent has a line', async () => {
    await report(event(1, 1), event(1, 2), event(1, 3, [1, 2]));
    const { text } = await ask(collector, `/api/tasks/${id(1)}/text`);

    expect(text.match(/^(event_id|parent_event_id): \d+$/gm)).toEqual([
      ...['event_id: 1', 'parent_event_id: 0', 'event_id: 2', 'parent_event_id: 0'],
      ...['event_id: 3', 'parent_event_id: 1', 'parent_event_id: 2'],
    ]);
  });

  test('causes come first, though clocks say otherwise', async () => {
    await report(event(1, 1, [2]), event(1, 2, [3]), event(1, 3));
    const { text } = await ask(collector, `/api/tasks/${id(1)}/text`);

    expect(text.match(/^event_id: \d+$/gm)).toEqual(['event_id: 3', 'event_id: 2', 'event_id: 1']);
  });

  test('what the paper does not have comes after what it has', async () => {
    await report(
      event(1, 1, [], {
        ...{ processId: 1, processName: 'p', host: 'h', threadId: 2, threadName: 't' },
        ...{ agent: 'logger', source: 'a.ts:1', fields: [['items', '3']], tags: ['demo'] },
      }),
    );
    const { text } = await ask(collector, `/api/tasks/${id(1)}/text`);

    expect(text).toBe(
      [
        ...['task_id: 1', 'event_id: 1', 'parent_event_id: 0', 'timestamp: 1700000000000001'],
        ...['process_id: 1', 'process_name: "p"', 'label: "event 1"', 'host: "h"', 'thread_id: 2'],
        ...['thread_name: "t"', 'agent: "logger"', 'source: "a.ts:1"', 'items: "3"', 'tag: "demo"'],
        '',
      ].join('\n'),
    );
  });
});

describe('one task', () => {
  test('its events come by timestamp, with everything they carry', async () => {
    await report(PAPER_EVENTS[1]!, PAPER_EVENTS[0]!);
    const { status, body } = await ask(collector, `/api/tasks/${PAPER_TASK}`);

    expect(status).toBe(200);
    expect(body).toEqual({ taskId: PAPER_TASK, events: [PAPER_EVENTS[0], PAPER_EVENTS[1]] });
  });

  test.each([
    ['16 hex digits', PAPER_TASK],
    ['upper case', PAPER_TASK.toUpperCase()],
    ['32 hex digits, padded', PAPER_TASK.padStart(32, '0')],
    ['a decimal', '5655435119442465856'],
  ])('its id may be %s', async (_, given) => {
    await report(PAPER_EVENTS[0]!);

    for (const path of [`/api/tasks/${given}`, `/api/tasks/${given}/text`]) {
      expect((await ask(collector, path)).status).toBe(200);
    }
    expect((await ask(collector, `/api/tasks/${given}`)).body['taskId']).toBe(PAPER_TASK);
  });

  test('a decimal of 16 digits finds its task, unless the digits are another one’s', async () => {
    const taskId = decimal('1234567890123456');
    await report({ ...event(1, 1), taskId });
    const titleOf = async (): Promise<unknown> =>
      (await ask(collector, '/api/tasks/1234567890123456')).body['taskId'];

    expect(await titleOf()).toBe(taskId);
    await report({ ...event(1, 2), taskId: '1234567890123456' });
    expect(await titleOf()).toBe('1234567890123456');
  });

  test.each([
    ['signed', '-1'],
    ['unsigned', '18446744073709551615'],
  ])('an id of all 64 bits may be %s', async (_, given) => {
    await report({ ...event(1, 1), taskId: 'f'.repeat(16) });

    expect((await ask(collector, `/api/tasks/${given}`)).status).toBe(200);
  });

  test.each(['1', '0000000000000001', '0'.repeat(31) + '1', '18446744073709551615'])(
    'one that is not there is said to be so: %s',
    async (given) => {
      for (const path of [`/api/tasks/${given}`, `/api/tasks/${given}/text`]) {
        const { status, body } = await ask(collector, path);

        expect(status).toBe(404);
        expect(body).toEqual({
          error: `No events of task "${given}" have arrived. (TL_TASK_UNKNOWN)`,
          code: 'TL_TASK_UNKNOWN',
        });
      }
    },
  );

  test.each(['x', 'abc', '18446744073709551616', '-9223372036854775809', '1.5', '0x1', '%20'])(
    'an id that is none is refused: %s',
    async (given) => {
      for (const path of [`/api/tasks/${given}`, `/api/tasks/${given}/text`]) {
        const { status, body } = await ask(collector, path);

        expect(status).toBe(400);
        expect(body['code']).toBe('TL_TASK_ID_INVALID');
        expect(body['error']).toMatch(/^A task id must be .*, got ".*"\. \(TL_TASK_ID_INVALID\)$/);
      }
    },
  );

  test('an id that cannot be decoded is refused, not an error of the collector', async () => {
    const { status, body } = await ask(collector, '/api/tasks/%E0%A4%A');

    expect(status).toBe(400);
    expect(body['code']).toBe('TL_TASK_ID_INVALID');
  });
});

describe('the list of tasks', () => {
  const tasks = async (query = ''): Promise<TaskPage> =>
    (await ask<TaskPage>(collector, `/api/tasks${query}`)).body;

  test('is empty at first', async () => {
    expect(await tasks()).toEqual({ tasks: [], matching: 0, total: 0 });
  });

  test('has a summary of every task, the newest first', async () => {
    await report(event(2, 9), ...PAPER_EVENTS);

    expect(await tasks()).toEqual({
      ...{ total: 2, matching: 2 },
      tasks: [
        {
          ...{ taskId: id(2), title: 'event 9', events: 1, errors: 0, processes: [''] },
          ...{ tags: [], firstEvent: 1_700_000_000_000_009, lastEvent: 1_700_000_000_000_009 },
          duration: 0,
        },
        {
          ...{ taskId: PAPER_TASK, title: 'passing --in (3) to :1234', events: 5, errors: 0 },
          processes: Object.values(PAPER_PROCESSES).map(({ processName }) => processName),
          ...{ tags: [], firstEvent: 1474851945531432, lastEvent: 1474851945540877 },
          duration: 9445,
        },
      ],
    });
  });

  test('comes in pages: 50 tasks unless told', async () => {
    await report(...Array.from({ length: 60 }, (_, i) => event(i + 1, i + 1)));

    const found = (page: TaskPage): string[] => page.tasks.map(({ taskId }) => taskId);
    expect((await tasks()).tasks).toHaveLength(50);
    expect(await tasks('?limit=0')).toEqual({ tasks: [], matching: 60, total: 60 });
    expect(found(await tasks('?limit=2'))).toEqual([id(60), id(59)]);
    expect(found(await tasks('?limit=2&offset=58'))).toEqual([id(2), id(1)]);
    expect(found(await tasks('?offset=60'))).toEqual([]);
    expect((await tasks('?limit=1000')).tasks).toHaveLength(60);
  });

  test.each([
    ['limit', '-1'],
    ['limit', '1001'],
    ['limit', 'ten'],
    ['limit', '1.5'],
    ['limit', ''],
    ['offset', '-1'],
    ['offset', '1e3'],
    ['offset', '99999999999999999999'],
    ['order', 'size'],
    ['reversed', 'yes'],
  ])('refuses %s=%s', async (name, value) => {
    const { status, body } = await ask(collector, `/api/tasks?${name}=${value}`);

    expect(status).toBe(400);
    expect(body['code']).toBe('TL_QUERY_INVALID');
    expect(body['error']).toMatch(new RegExp(`^"${name}" must be .*, got "${value}"\\.`));
  });

  test('can be searched and sorted', async () => {
    await report(event(1, 1), event(1, 2, [1]), event(2, 3, [], { label: 'GET /carts' }));
    const titles = async (query: Record<string, string>): Promise<string[]> =>
      (await tasks(`?${new URLSearchParams(query)}`)).tasks.map(({ title }) => title);

    expect(await titles({ where: 'route=/carts' })).toEqual(['GET /carts']);
    expect(await titles({ order: 'events' })).toEqual(['event 1', 'GET /carts']);
    expect(await titles({ order: 'events', reversed: 'true' })).toEqual(['GET /carts', 'event 1']);
  });

  test.each([
    ['colour=red', /^Tasks have no field "colour"\. They have title, method, route, /],
    ['toString=1', /^Tasks have no field "toString"\./],
    ['duration>long', /^"duration" must be a duration such as 100ms or 1\.5s, got "long"\./],
    ['events>-1', /^"events" must be a whole number, got "-1"\./],
    ['events~1', /^The field "events" has the operators =, !=, >, >=, < and <=, got "~"\./],
    ['title>a', /^The field "title" has the operators =, != and ~, got ">"\./],
    ['start>soon', /^"start" must be a date such as .*, got "soon"\./],
    ['id=xyz', /^A task id must be .*, got "xyz"\./],
  ])('refuses the search %s', async (where, message) => {
    const { status, body } = await ask(collector, `/api/tasks?${new URLSearchParams({ where })}`);

    expect(status).toBe(400);
    expect(body['error']).toMatch(message);
  });

  test('a histogram of their begins, and nothing without tasks', async () => {
    expect((await ask(collector, '/api/histogram')).body).toBeNull();
    await report(event(1, 1), event(2, 5));

    expect((await ask(collector, '/api/histogram?parts=2')).body).toMatchObject({ counts: [1, 1] });
  });

  test('lines say what they cost in all tasks together', async () => {
    const query = (task: number, number: number, took: number, failed = false): TraceEvent[] => [
      event(task, number, [], {
        ...{ label: `SELECT ${number}`, source: 'db.ts:7' },
        fields: [
          ['operation', id(number)],
          ['phase', 'begin'],
          ['kind', 'client'],
        ],
      }),
      event(task, number + 1, [number], {
        timestamp: event(task, number).timestamp + took,
        fields: [
          ['operation', id(number)],
          ['phase', 'end'],
          ...(failed ? [['error.type', 'E'] as const] : []),
        ],
      }),
    ];
    await report(...query(1, 1, 100), ...query(2, 3, 300), ...query(3, 5, 200, true));

    expect((await ask(collector, '/api/lines')).body).toEqual({
      ...{ tasks: 3, matching: 3 },
      lines: [
        {
          ...{ source: 'db.ts:7', what: 'SELECT #', times: 3, errors: 1, decided: 600 },
          ...{ median: 200, p95: 300, tasks: [id(2), id(3), id(1)] },
        },
      ],
    });
    expect((await ask(collector, '/api/lines?where=error')).body).toMatchObject({ tasks: 1 });
  });
});

describe('a task that grows', () => {
  /** Reads server-sent events until it is closed. */
  async function listen(path: string) {
    const gone = new AbortController();
    const response = await fetch(collector.url + path, { signal: gone.signal });
    const data: string[] = [];
    const reading = (async () => {
      let text = '';
      const decoder = new TextDecoder();
      for await (const part of response.body!) {
        text += decoder.decode(part, { stream: true });
        const whole = text.split('\n\n');
        text = whole.pop()!;
        for (const message of whole) {
          if (message.startsWith('data: ')) data.push(message.slice('data: '.length));
        }
      }
    })().catch(() => undefined);
    return {
      ...{ status: response.status, type: response.headers.get('content-type'), data },
      close: async () => {
        gone.abort();
        await reading;
      },
    };
  }
  const labels = (json: string): string[] =>
    [...fromColumns((JSON.parse(json) as TaskSlice).columns)].map(({ label }) => label);

  test('is sent as it grows: what is there, and then what is new', async () => {
    await report(event(1, 1), event(1, 2));
    const live = await listen(`/api/tasks/${id(1)}/live`);
    await until('the first', () => live.data.length === 1);
    await report(event(2, 9));
    await report(event(1, 3));
    await until('the second', () => live.data.length === 2);
    const { next } = JSON.parse(live.data[0]!) as TaskSlice;
    const again = await listen(`/api/tasks/${id(1)}/live?after=${next}`);
    await until('what is after it', () => again.data.length === 1);

    expect([live.status, live.type]).toEqual([200, 'text/event-stream']);
    expect(live.data.map(labels)).toEqual([['event 1', 'event 2'], ['event 3']]);
    expect(again.data.map(labels)).toEqual([['event 3']]);
    await live.close();
    await again.close();
  });

  test('may be listened to before its first event', async () => {
    const live = await listen(`/api/tasks/${id(7)}/live`);
    await report(event(7, 1));
    await until('the first', () => live.data.length === 1);

    expect(live.data.map(labels)).toEqual([['event 1']]);
    await live.close();
  });

  test('changes of the store are sent, too', async () => {
    const live = await listen('/api/live');
    await until('the size', () => live.data.length === 1);
    await report(event(1, 1));
    await until('the change', () => live.data.length === 2);

    expect(live.data.map((one) => (JSON.parse(one) as { tasks: number }).tasks)).toEqual([0, 1]);
    await live.close();
  });

  test('why it took its time, as JSON and as text', async () => {
    await report(event(1, 1), event(1, 5, [1]));
    const { body } = await ask(collector, `/api/tasks/${id(1)}/why`);

    expect(body).toMatchObject({ title: 'event 1', duration: 4, path: [{ reason: 'program' }] });
    const { text } = await ask(collector, `/api/tasks/${id(1)}/why?format=text`);
    expect(text).toMatch(/^event 1: 0\.0 ms\ntask 0{15}1, 2 events/);
    expect((await ask(collector, `/api/tasks/${id(9)}/why`)).status).toBe(404);
    expect((await ask(collector, `/api/tasks/${id(1)}/why?format=pdf`)).status).toBe(400);
  });

  test('its slices, and none of an unknown one', async () => {
    await report(event(1, 1), event(1, 2));
    const { body } = await ask<TaskSlice>(collector, `/api/tasks/${id(1)}/slices?limit=1`);

    expect(body.total).toBe(2);
    expect((await ask(collector, `/api/tasks/${id(9)}/slices`)).status).toBe(404);
    expect((await ask(collector, `/api/tasks/${id(1)}/slices?limit=50001`)).status).toBe(400);
  });
});

describe('the original’s paths', () => {
  const tagged = event(1, 1, [], {
    ...{ label: 'start', tags: ['a,b', 'slow'], hrt: '1400000000000000000', cycles: '7' },
    fields: [
      ['Label', 'forged'],
      ['user', 'ada'],
    ],
  });
  const later = event(2, 0x8000, [1], { label: 'other' });
  const far = event(3, 3, [], { label: 'far', timestamp: 1_500_000_000_000_000 });
  beforeEach(() => report(tagged, later, event(1, 4, [1]), far));
  const json = async (path: string): Promise<unknown> => (await ask<object>(collector, path)).body;

  test('the list of tasks, and those with a title or tag', async () => {
    expect(await json('/?format=json&length=2')).toMatchObject([
      { taskId: id(2), title: 'other', numReports: '1', tags: [] },
      { taskId: id(1), title: 'start', numReports: '2', tags: ['a,b', 'slow'] },
    ]);
    expect(await json('/?format=json&offset=2')).toMatchObject([
      { taskId: id(3), firstSeen: expect.stringMatching(/^2017-07-1\d \d\d:\d\d:\d\d$/) as string },
    ]);
    expect(await json('/tag/slow?format=json')).toMatchObject([{ taskId: id(1) }]);
    expect(await json('/title/far?format=json')).toMatchObject([{ taskId: id(3) }]);
    expect(await json('/title/fa?format=json')).toEqual([]);
    expect(await json('/titleLike/FA?format=json')).toMatchObject([{ taskId: id(3) }]);
  });

  test('reports have its names, and a field replaces none of them', async () => {
    expect(await json(`/interactive/reports/${id(1)},${id(9)}`)).toMatchObject([
      {
        id: id(1),
        reports: [
          {
            ...{ TaskID: id(1), EventID: '1', ParentEventID: [], Label: 'start', user: 'ada' },
            ...{ 'Field.Label': 'forged', Tag: ['a,b', 'slow'], Cycles: 7 },
            HRT: '1400000000000000000',
          },
          { EventID: '4', ParentEventID: ['1'] },
        ],
      },
      { id: id(9), reports: [] },
    ]);
    await report(event(4, 1, [], { eventId: 'ffffffffffffffff' }));
    expect(await json(`/interactive/reports/${id(4)}`)).toMatchObject([
      { reports: [{ EventID: '-1' }] },
    ]);
    expect((await ask(collector, '/interactive/reports/xyz')).status).toBe(400);
    expect((await ask(collector, '/interactive/reports/%E0')).status).toBe(400);
    const { text } = await ask(collector, `/reports/${id(1)}`);
    expect(text).toContain('label: "start"');
  });

  test('tasks that overlap in time, their tags, and tasks with tags', async () => {
    const overlapping = (await json(`/interactive/overlapping/${id(1)}`)) as string[];
    expect(overlapping.sort()).toEqual([id(1)]);
    await report(event(1, 0x9000, [1]));
    expect(((await json(`/interactive/overlapping/${id(2)}`)) as string[]).sort()).toEqual([
      ...[id(1), id(2)],
    ]);
    expect(await json(`/interactive/tags/${id(1)},${id(3)}`)).toEqual({
      [id(1)]: ['a,b', 'slow'],
      [id(3)]: [''],
    });
    expect(await json('/interactive/taggedwith/a%2Cb,none')).toEqual({ 'a,b': [id(1)], none: [] });
  });

  test.each([
    ['/interactive/graph.html?id=1', '/tasks/1'],
    ['/interactive/swimlane.html?id=1,2', '/tasks/1?view=timeline'],
    ['/interactive/compare.html?id=1,2', '/compare?before=1&after=2'],
    ['/tag/slow', '/?where=tag%3D%22slow%22'],
    ['/interactive/graph.html?id=//evil.example', '/tasks/%2F%2Fevil.example'],
  ])('%s leads to the page', async (path, expected) => {
    const { status, headers } = await fetch(collector.url + path, { redirect: 'manual' });

    expect([status, headers.get('location')]).toEqual([302, expected]);
  });
});

describe('the rest', () => {
  test('/health says whether everything works, and counts', async () => {
    await report(event(1, 1));
    await client.publish('xtrace', 'bad');
    await until('the refusal', () => collector.counters.refused === 1);
    const { status, body } = await ask(collector, '/health');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      ok: true,
      reports: {
        received: 2,
        kept: 1,
        duplicates: 0,
        conflicts: 0,
        refused: 1,
        dropped: 0,
        waiting: 0,
      },
      connections: { connections: 1, badStreams: 0, undelivered: 0 },
      store: { tasks: 1, events: 1 },
      problems: [expect.stringMatching(/^a report was refused: /)],
    });
  });

  test.each(['/api', '/api/', '/api/nothing', '/api/tasks/1/nothing', '/api/tasks/'])(
    'there is nothing at %s, and the answer says so',
    async (path) => {
      const { status, body } = await ask(collector, path);

      expect(status).toBe(404);
      expect(body['error']).toMatch(/^Unknown path /);
      expect(body['code']).toBe('TL_PATH_UNKNOWN');
    },
  );

  test.each(['POST', 'PUT', 'DELETE'])('%s changes nothing', async (method) => {
    await report(event(1, 1));
    const { status } = await ask(collector, `/api/tasks/${id(1)}`, { method });

    expect(status).toBe(404);
    expect((await ask(collector, `/api/tasks/${id(1)}`)).status).toBe(200);
  });

  test.each(['/api/tasks', '/api/tasks/x', '/health', '/', '/tasks/1', '/api/nothing'])(
    'no page may be run from what %s answers',
    async (path) => {
      const { headers } = await ask(collector, path);

      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toMatch(/script-src[^;]*(unsafe|\*)|https?:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test('other origins may not read answers', async () => {
    const { headers } = await ask(collector, '/api/tasks', {
      headers: { origin: 'http://elsewhere.example' },
    });

    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
  ])('files outside the page cannot be had: %s', async (path) => {
    const { text } = await ask(collector, path);

    expect(text).not.toContain('@throughline/collector');
  });
});
