import { client, getTaskId } from '../../runtime/src/xtrace/log';
import { continueFromBatch } from '../../runtime/src/operations/messages';
import type { Carried } from '../../runtime/src/operations/messages';
import type { Sender } from '../../runtime/src/operations/b3';
import { b3, b3Headers, readB3 } from '../../runtime/src/operations/b3';
import type { TraceParent } from '../../runtime/src/operations/trace-context';
import { prelude, Programs } from './program';

// openzipkin/b3-propagation.

const task = '80f198ee56343ba864fe8b2a57d3eff7';
const event = 'e457b5a2e4d86bd1';
afterEach(() => {
  b3.forms = [];
});
const read = (headers: Record<string, string>): Sender | undefined => {
  b3.forms = ['single'];
  return readB3((name) => headers[name]);
};
const found = (flags: string, taskId = task): TraceParent => ({ taskId, eventId: event, flags });

test.each<[string, Record<string, string>, Sender]>([
  ['one header', { b3: `${task}-${event}-1` }, found('01')],
  ['with a parent', { b3: `${task}-${event}-1-05e3ac9a4f6e3b90` }, found('01')],
  ['without a decision', { b3: `${task}-${event}` }, { ...found(''), flags: undefined }],
  ['not sampled', { b3: `${task}-${event}-0` }, found('00')],
  ['debug', { b3: `${task}-${event}-d` }, found('01')],
  [
    '64 bits',
    { b3: `${task.slice(16)}-${event}-1` },
    found('01', task.slice(16).padStart(32, '0')),
  ],
  [
    'many headers',
    { 'x-b3-traceid': task, 'x-b3-spanid': event, 'x-b3-sampled': '0' },
    found('00'),
  ],
  [
    'a decision in words',
    { 'x-b3-traceid': task, 'x-b3-spanid': event, 'x-b3-sampled': 'true' },
    found('01'),
  ],
  [
    'debug by a flag',
    { 'x-b3-traceid': task, 'x-b3-spanid': event, 'x-b3-sampled': '0', 'x-b3-flags': '1' },
    found('01'),
  ],
  [
    'the one header before the many',
    { b3: `${task}-${event}-0`, 'x-b3-traceid': '1'.repeat(32), 'x-b3-spanid': event },
    found('00'),
  ],
])('%s is read', (_, headers, expected) => {
  expect(read(headers)).toEqual(expected);
});

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['a decision alone', { b3: '0' }],
  ['zeros', { b3: `${'0'.repeat(32)}-${event}-1` }],
  ['an event of zeros', { b3: `${task}-${'0'.repeat(16)}-1` }],
  ['capitals', { b3: `${task.toUpperCase()}-${event}-1` }],
  ['an id of another length', { b3: `${task}0-${event}-1` }],
  ['an unknown decision', { b3: `${task}-${event}-2` }],
  ['more parts', { b3: `${task}-${event}-1-${event}-1` }],
  ['half of the headers', { 'x-b3-traceid': task }],
  ['100 MB', { b3: '0'.repeat(1e8) }],
])('%s is no B3', (_, headers) => {
  expect(read(headers)).toBeUndefined();
});

test('it is neither read nor sent without being asked for', () => {
  expect(readB3(() => `${task}-${event}-1`)).toBeUndefined();
  expect(b3Headers(found('01'))).toEqual([]);
});

test('both forms are sent', () => {
  b3.forms = ['single', 'multi'];

  expect(b3Headers(found('03'))).toEqual([
    ['b3', `${task}-${event}-1`],
    ['x-b3-traceid', task],
    ['x-b3-spanid', event],
    ['x-b3-sampled', '1'],
  ]);
});

describe('a batch of messages', () => {
  const message = (taskId: string): Carried => ({
    headers: { b3: `${taskId}-${event}-1` },
    isRepeated: false,
  });
  const other = '1'.repeat(32);

  test('of one trace goes on with it, of several has a task of its own with links', () => {
    b3.forms = ['single'];
    continueFromBatch([message(task), message(task)]);
    expect(getTaskId()).toBe(task);
    continueFromBatch([message(task), message(other)]);

    expect([task, other]).not.toContain(getTaskId());
    expect(client.currentTrace().notes).toEqual([
      `link ${task}/${event}`,
      `link ${other}/${event}`,
    ]);
  });
});

describe('a service', () => {
  const programs = new Programs();
  afterAll(() => programs.remove());
  const program = (headers: string): string => `${prelude}
    const inner = await serve(({ headers }, response) => {
      const { traceparent, b3, 'x-b3-traceid': id, 'x-b3-spanid': span } = headers;
      response.end(JSON.stringify({ traceparent, b3, id, span }));
    });
    const outer = await serve(async (request, response) => response.end(await get(inner.url)));
    // By a name of another network, so that the request has only these headers.
    const lookup = (host, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    const asked = { host: 'api.example.com', lookup, headers: ${headers} };
    console.log(await get(outer.url + '/outer', asked));
    await outer.stop();
    await inner.stop();
  `;

  test('goes on with B3, and sends it beside its own header', async () => {
    const { stdout, events } = await programs.run(program(`{ b3: '${task}-${event}-1' }`), {
      OTEL_PROPAGATORS: 'tracecontext,b3,b3multi',
    });
    const sent = JSON.parse(stdout) as Record<string, string>;
    const request = events.all('begin', /^GET 127/).find(({ taskId }) => taskId === task)!;

    expect(events.find('begin', /^GET \/outer$/)).toMatchObject({
      ...{ taskId: task, parentEventIds: [event] },
    });
    expect(sent).toEqual({
      traceparent: `00-${task}-${request.eventId}-01`,
      b3: `${task}-${request.eventId}-1`,
      ...{ id: task, span: request.eventId },
    });
  });

  test('leaves requests to another tool that adds its own headers later', async () => {
    const { stdout } = await programs.run(
      `${prelude}
      import diagnostics from 'node:diagnostics_channel';
      diagnostics.subscribe('undici:request:create', ({ request }) => {
        request.addHeader('b3', '${task}-${event}-1');
      });
      const { url, stop } = await serve(({ headers }, response) => {
        response.end(JSON.stringify([headers.b3, headers['x-b3-traceid'], headers.traceparent]));
      });
      console.log(await (await fetch(url)).text());
      await stop();
    `,
      { OTEL_PROPAGATORS: 'b3,b3multi' },
    );

    expect(JSON.parse(stdout)).toEqual([`${task}-${event}-1`, null, null]);
  });

  test('does not without the variable', async () => {
    const { stdout, events } = await programs.run(program(`{ b3: '${task}-${event}-1' }`));

    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['traceparent']);
    expect(events.find('begin', /^GET \/outer$/).parentEventIds).toEqual([]);
    expect(events.reports.map(({ taskId }) => taskId)).not.toContain(task);
  });

  test('says that the ids of its own tasks are random', async () => {
    const { stdout, events } = await programs.run(program('{}'));
    const { traceparent } = JSON.parse(stdout) as { traceparent: string };
    const { taskId } = events.find('begin', /^GET \/outer$/);

    expect(traceparent).toMatch(new RegExp(`^00-${taskId}-[0-9a-f]{16}-03$`));
  });
});
