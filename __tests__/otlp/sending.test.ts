// What a program logs, sent to a receiver of OpenTelemetry by its standard variables.
import { startTestCollector, ask } from '../harness/test-collector';
import { attribute, OtlpReceiver } from '../harness/otlp-receiver';
import type { Report } from '@throughline/runtime/report';
import { Events, prelude, Programs } from '../operations/program';

const programs = new Programs();
afterAll(() => programs.remove());

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await OtlpReceiver.start();
});
afterEach(() => receiver.stop());

/** A program that serves a request which sends another one. */
const program = `${prelude}
  const { url, stop } = await serve(async (request, response) => {
    if (request.url === '/prices') return response.end('prices');
    console.warn('looking up');
    await Promise.all([fetch(url + '/prices'), fetch(url + '/prices')]);
    response.end('cart');
  });
  console.log(await get(url + '/carts/17', { headers: inTask(1) }));
  await stop();
`;

const run = (env: Record<string, string>) =>
  programs.run(program, { THROUGHLINE_COLLECTOR: '', ...env });

test.each([
  ['protobuf', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, 'application/x-protobuf', 'gzip'],
  ['JSON', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'application/json', undefined],
])('spans with links, and records, in %s', async (_what, env, type, encoding) => {
  const { stdout, stderr } = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/otlp/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=se%3Dcret, x=y',
    OTEL_SERVICE_NAME: 'shop',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    ...env,
  });

  expect({ stdout, stderr }).toEqual({ stdout: 'cart\n', stderr: 'looking up\n' });
  const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
  expect(headers).toMatchObject({ 'content-type': type, 'api-key': 'se=cret', x: 'y' });
  expect(headers['content-encoding']).toBe(encoding);
  expect(new Set(receiver.received.map(({ path }) => path))).toEqual(
    new Set(['/otlp/v1/traces', '/otlp/v1/logs']),
  );
  const { resource } = (body.resourceSpans ?? body.resourceLogs)![0]!;
  expect(attribute(resource, 'service.name')).toBe('shop');
  expect(attribute(resource, 'deployment.environment.name')).toBe('test');

  const { spans, records } = receiver;
  const inTask = spans.filter(({ traceId }) => traceId === '1'.padStart(32, '0'));
  const [carts] = inTask.filter(({ name }) => name.startsWith('GET /carts'));
  expect(carts).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331' });
  expect(attribute(carts!, 'http.response.status_code')).toBe(200);
  const asked = inTask.filter(({ kind }) => kind === 3);
  expect(asked.map(({ parentSpanId }) => parentSpanId)).toEqual([carts!.spanId, carts!.spanId]);
  const served = inTask.filter(({ name }) => name.startsWith('GET /prices'));
  expect(served.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(
    asked.map(({ spanId }) => spanId).sort(),
  );
  for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
  }
  const [line] = records.filter(({ eventName }) => eventName === 'looking up');
  expect(line).toMatchObject({ severityText: 'WARN', spanId: carts!.spanId });
  // What sends them is no work of the program.
  expect(spans.filter(({ name }) => name.includes('/v1/'))).toEqual([]);
  // Every parent is a span that was sent, too, or came with the request.
  const known = new Set([...spans.map(({ spanId }) => spanId), 'b7ad6b7169203331', undefined]);
  for (const { parentSpanId } of spans) expect(known).toContain(parentSpanId);
});

test('our own collector makes operations of it', async () => {
  const collector = await startTestCollector();
  try {
    await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpUrl! });
    const { body } = await ask<{ events: readonly Report[] }>(
      collector,
      `/api/tasks/${'1'.padStart(32, '0')}`,
    );
    const events = new Events(body.events);
    const begun = events.find('begin', /^GET \/carts\/17$/);
    expect(Events.field(begun, 'kind')).toBe('server');
    const asked = events.all('begin', /^GET 127.0.0.1:\d+\/prices$/);
    expect(asked.map(({ parentEventIds }) => parentEventIds)).toEqual([
      [begun.eventId],
      [begun.eventId],
    ]);
    expect(body.events.map(({ label }) => label)).toContain('looking up');
  } finally {
    await collector.close();
  }
});

test('what a receiver cannot take now is sent again, and what it refuses is said', async () => {
  receiver.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '1' } });
  const { stdout, stderr } = await programs.run(
    `import { connect, log, flush, stats } from '@throughline/runtime/xtrace';
     await connect('otlp+${receiver.url}');
     log('first');
     console.log(await flush(20_000), stats().sent);`,
    {
      THROUGHLINE_COLLECTOR: 'otlp',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
  );

  expect(stderr).toMatch(
    /the receiver of OpenTelemetry at http:.*\/v1\/logs: it answers with 503; it is tried again \(TL_COLLECTOR_UNREACHABLE\)/,
  );
  expect(receiver.records.map(({ eventName }) => eventName)).toContain('first');
  expect(receiver.spans).toEqual([]);
  expect(stdout).toBe('true 1\n');

  receiver.answers.push({ status: 400 });
  const refused = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  expect(refused.stdout).toBe('cart\n');
  expect(refused.stderr).toMatch(
    /it answers with 400; what it was sent is lost \(TL_REPORTS_UNSENT\)/,
  );
});

test.each([
  [
    { THROUGHLINE_COLLECTOR: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    /must be one of http\/protobuf, http\/json, got "grpc"/,
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' },
    /must be a URL such as "http:\/\/localhost:4318", got "nowhere"/,
  ],
  [
    { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=a%0Ab' },
    /Invalid character in header content \["authorization"\]; what it was sent is lost/,
  ],
])('a variable that is wrong is said, and the program runs: %j', async (env, message) => {
  const { stdout, stderr } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env });

  expect(stdout).toBe('cart\n');
  expect(stderr).toMatch(message);
});

test('nothing is sent when the SDK is disabled, and the variables of a signal have priority', async () => {
  await run({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SDK_DISABLED: 'true' });
  expect(receiver.received).toEqual([]);

  await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/mine/traces`,
    OTEL_LOGS_EXPORTER: 'none',
  });
  expect(new Set(receiver.received.map(({ path }) => path))).toEqual(new Set(['/mine/traces']));
});

test('a program without a receiver ends, and says what was not sent', async () => {
  const { code, stdout, stderr } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'cart\n' });
  expect(stderr).toMatch(/\d+ events were not sent before the process ended/);
});

test('many events are sent as fast as the receiver takes them', async () => {
  const { stdout, stderr } = await programs.run(
    `import { connect, log, flush, stats } from '@throughline/runtime/xtrace';
     await connect('otlp');
     for (let i = 0; i < 20_000; i++) log('event ' + i);
     process.stdout.write(\`\${await flush(30_000)} \${stats().sent}\`);`,
    { THROUGHLINE_COLLECTOR: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  );

  expect({ stdout, stderr }).toEqual({ stdout: 'true 20000', stderr: '' });
  const sent = receiver.records.filter(({ eventName }) => eventName.startsWith('event '));
  expect(sent).toHaveLength(20_000);
  // All of them are outside of operations: in one span.
  expect(receiver.spans).toHaveLength(1);
});

test('what waits when the program connects elsewhere is sent there', async () => {
  const { stdout } = await programs.run(
    `import { connect, log, flush } from '@throughline/runtime/xtrace';
     await connect('otlp+http://127.0.0.1:1');
     log('first');
     await flush(300);
     await connect('otlp+${receiver.url}');
     console.log(await flush(10_000));`,
    { THROUGHLINE_COLLECTOR: 'otlp+http://127.0.0.1:1' },
  );

  expect(stdout).toBe('true\n');
  expect(receiver.records.map(({ eventName }) => eventName)).toEqual(['first', 'true']);
});

test('a span that is open when nothing more comes is sent at the end', async () => {
  await programs.run(
    `import { operation } from '@throughline/runtime/operations';
     await operation('job', async () => {});
     await new Promise((resolve) => setTimeout(resolve, 2500));`,
    { THROUGHLINE_COLLECTOR: '', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  );
  const [job, part] = receiver.spans;

  expect(job).toMatchObject({ name: 'job', parentSpanId: part!.spanId });
});
