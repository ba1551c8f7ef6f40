// Other tools for tracing in the same process, with their real packages.
import type { Report } from '@throughline/runtime/report';
import { ask, startTestCollector } from '../harness/test-collector';
import { Events } from '../operations/program';
import { programsWith } from './traced';

const PACKAGES = [
  '@apm-js-collab/tracing-hooks@0.14.0',
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/instrumentation-undici@0.33.0',
  '@opentelemetry/sdk-node@0.223.0',
  '@sentry/node@11.12.0',
  'dd-trace@5.132.0',
];

const run = programsWith(PACKAGES);
const major = Number.parseInt(process.versions.node, 10);

/** Serves requests, and prints what `traceparent` each of them had. */
const INNER = `
  const inner = await serve((request, response) => {
    console.log('got', request.headers.traceparent);
    response.end();
  });
`;

test('OpenTelemetry: its traceparent goes out alone, and our request is linked to where it leads', async () => {
  const { events, stdout } = await run(`
    import { trace } from '@opentelemetry/api';
    import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
    import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
    const exporter = new tracing.InMemorySpanExporter();
    new NodeSDK({
      spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
      metricReaders: [],
      logRecordProcessors: [],
      instrumentations: [new UndiciInstrumentation()],
    }).start();
    ${INNER}
    await trace.getTracer('test').startActiveSpan('root', async (span) => {
      await (await fetch(inner.url + '/a')).text();
      span.end();
    });
    await inner.stop();
    while (exporter.getFinishedSpans().length < 2) await pause();
    const byKind = exporter.getFinishedSpans().sort((a, b) => b.kind - a.kind);
    const [sent, root] = byKind.map((one) => one.spanContext());
    console.log('spans', sent.traceId === root.traceId, sent.traceId, sent.spanId);
  `);
  const [, trace, span] = /spans true (\w{32}) (\w{16})/.exec(stdout)!;
  expect(stdout.match(/^got .*$/gm)).toEqual([`got 00-${trace}-${span}-01`]);

  const sent = events.find('end', /^GET 127\.0\.0\.1:\d+\/a 200$/);
  expect(Events.field(sent, 'link')).toBe(`${trace}/${span}`);
  // The receiver goes on in OpenTelemetry's trace, after its span.
  const received = events.find('begin', /^GET \/a$/);
  expect([received.taskId, received.parentEventIds]).toEqual([trace, [span]]);
});

test('OpenTelemetry: what its exporter sends is no operation', async () => {
  const { events, stdout } = await run(`
    import { trace } from '@opentelemetry/api';
    import { NodeSDK } from '@opentelemetry/sdk-node';
    let exported;
    const received = new Promise((resolve) => (exported = resolve));
    const inner = await serve((request, response) => {
      console.log('got', request.headers.traceparent);
      response.end();
      exported();
    });
    Object.assign(process.env, {
      ...{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: inner.url, OTEL_BSP_SCHEDULE_DELAY: '10' },
    });
    const sdk = new NodeSDK({ instrumentations: [] });
    sdk.start();
    trace.getTracer('test').startSpan('one').end();
    await received;
    await sdk.shutdown();
    await (await fetch(inner.url + '/after')).text();
    await inner.stop();
  `);
  expect(stdout.match(/^got .*$/gm)).toEqual([
    'got undefined',
    expect.stringMatching(/^got 00-\w{32}-\w{16}-01$/),
  ]);

  const clients = events.reports.filter((one) => Events.field(one, 'kind') === 'client');
  expect(clients.map(({ label }) => label)).toEqual([expect.stringMatching(/\/after$/)]);
});

test.each(['http/protobuf', 'http/json'])(
  'OpenTelemetry: what it exports as %s to our collector is a graph there',
  async (protocol) => {
    const collector = await startTestCollector();
    const { stdout } = await run(
      `
      import { SpanKind, trace } from '@opentelemetry/api';
      import { NodeSDK } from '@opentelemetry/sdk-node';
      const sdk = new NodeSDK({ instrumentations: [] });
      sdk.start();
      const tracer = trace.getTracer('cart');
      tracer.startActiveSpan('GET /carts', { kind: SpanKind.SERVER }, (root) => {
        const one = tracer.startSpan('SELECT carts', { kind: SpanKind.CLIENT });
        one.end();
        const both = tracer.startSpan('sum', { links: [{ context: one.spanContext() }] });
        both.recordException(new TypeError('no total'));
        both.end();
        root.end();
        console.log(root.spanContext().traceId);
      });
      await sdk.shutdown();
    `,
      {
        ...{
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpUrl,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        },
        ...{
          OTEL_TRACES_EXPORTER: 'otlp',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        },
        OTEL_SERVICE_NAME: 'shop',
      },
    );
    const answer = await ask<{ events: Report[] }>(collector, `/api/tasks/${stdout.trim()}`);
    await collector.close();

    const events = new Events(answer.body.events);
    const root = events.find('begin', /^GET \/carts$/);
    expect([root.processName, Events.field(root, 'kind')]).toEqual(['shop', 'server']);
    expect(events.parentsOf(events.find('begin', /^SELECT carts$/))).toEqual(['begin GET /carts']);
    expect(events.parentsOf(events.find('begin', /^sum$/))).toEqual([
      'begin GET /carts',
      'begin SELECT carts',
    ]);
    expect(events.parentsOf(events.find('end', /^sum ended$/))).toEqual(['event exception']);
  },
);

test('Sentry: its traceparent stays, errors have the tags of their request, and stacks their names', async () => {
  const { stdout } = await run(`
    import * as Sentry from '@sentry/node';
    const sent = [];
    Sentry.init({
      dsn: 'http://key@127.0.0.1:1/1',
      tracesSampleRate: 1,
      propagateTraceparent: true,
      transport: (options) => Sentry.createTransport(options, async ({ body }) => {
        sent.push(String(body));
        return { statusCode: 200 };
      }),
    });
    ${INNER}
    const probe = { fail: (id) => { throw new Error('failed ' + id); } };
    const outer = await serve(async (request, response) => {
      const id = request.url.slice(1);
      Sentry.getIsolationScope().setTag('request', id);
      await pause();
      try { probe.fail(id); } catch (error) { Sentry.captureException(error); }
      await (await fetch(inner.url + '/' + id)).text();
      response.end();
    });
    await Promise.all(['a', 'b', 'c'].map((id) => get(outer.url + '/' + id)));
    await outer.stop();
    await inner.stop();
    await Sentry.flush();
    for (const line of sent.flatMap((body) => body.split('\\n'))) {
      const event = line.includes('"exception"') ? JSON.parse(line) : undefined;
      const [failure] = event?.exception?.values ?? [];
      const frame = failure?.stacktrace.frames.at(-1);
      if (failure) console.log('error', failure.value, event.tags.request, frame.function);
    }
  `);

  expect(stdout.match(/^error .*$/gm)!.sort()).toEqual(
    ['a', 'b', 'c'].map((id) => `error failed ${id} ${id} Object.fail`),
  );
  const headers = stdout.match(/^got .*$/gm)!;
  expect(headers).toHaveLength(3);
  for (const header of headers) expect(header).toMatch(/^got 00-\w{32}-\w{16}-0[01]$/);
});

test('Sentry: what it sends is no operation', async () => {
  const { events, stdout } = await run(`
    import * as Sentry from '@sentry/node';
    const sent = [];
    const inner = await serve((request, response) => {
      sent.push(request.url.replace(/[?].*/, ''));
      response.end();
    });
    Sentry.init({ dsn: inner.url.replace('//', '//key@') + '/1', tracesSampleRate: 1 });
    Sentry.captureException(new Error('failed'));
    await Sentry.flush();
    await get(inner.url + '/own');
    await inner.stop();
    console.log(sent.join());
  `);
  expect(stdout).toBe('/api/1/envelope/,/own\n');
  expect(events.all('begin', /^(?:GET|POST) 127/).map(({ label }) => label)).toEqual([
    expect.stringMatching(/^GET 127.*own$/),
  ]);
});

test('dd-trace: what it sends is no operation, and its traceparent stays', async () => {
  const { events, stdout } = await run(
    `
    import { createRequire } from 'node:module';
    const sent = [];
    const agent = await serve((request, response) => {
      sent.push(request.url);
      response.end('{}');
    });
    createRequire(import.meta.url)('dd-trace').init({ url: agent.url, flushInterval: 10, startupLogs: false });
    const inner = await serve((request, response) => response.end(request.headers.traceparent));
    console.log(await get(inner.url + '/own'));
    while (!sent.some((path) => path.endsWith('/traces'))) await pause();
    await inner.stop();
    process.exit();
  `,
    { DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false', DD_REMOTE_CONFIGURATION_ENABLED: 'false' },
  );
  expect(stdout).toMatch(/^00-\w{32}-\w{16}-0[01]\n$/);
  expect(events.all('begin', /^(?:GET|POST|PUT) 127/).map(({ label }) => label)).toEqual([
    expect.stringMatching(/^GET 127.*own$/),
  ]);
});

// The hooks of older versions of Node run in the order in which they were registered, and cannot be put behind others.
(major >= 24 ? test : test.skip)(
  'orchestrion: what it looks for in the source is there, though it was registered after us',
  async () => {
    const { stdout, events } = await run(`
      import { mkdirSync, writeFileSync } from 'node:fs';
      mkdirSync('node_modules/acme', { recursive: true });
      writeFileSync('node_modules/acme/package.json', '{"version":"1.0.0","type":"module","exports":"./index.js"}');
      writeFileSync('node_modules/acme/index.js', 'export const load = async (x) => x + 1;');
      writeFileSync('hooks.mjs', \`
        import { registerHooks } from 'node:module';
        import { tracingChannel } from 'node:diagnostics_channel';
        import { initialize, load, resolve } from '@apm-js-collab/tracing-hooks/hook-sync.mjs';
        const functionQuery = { expressionName: 'load', kind: 'Async' };
        const module = { name: 'acme', versionRange: '>=1', filePath: 'index.js' };
        initialize({ instrumentations: [{ channelName: 'load', module, functionQuery }] });
        registerHooks({ resolve, load });
        tracingChannel('orchestrion:acme:load').subscribe({ start: () => console.log('fired') });
      \`);
      writeFileSync('main.mjs', "import { load } from 'acme'; console.log(await load(1));");
      const { spawnSync } = await import('node:child_process');
      const args = [...process.execArgv, '--import', './hooks.mjs', 'main.mjs'];
      process.stdout.write(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
    `);

    expect(stdout).toBe('fired\n2\n');
    expect(events.reports.some(({ label }) => label === '2')).toBe(true);
  },
);
