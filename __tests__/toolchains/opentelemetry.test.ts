import { nodeOf, Project } from './project';

// The two lines of OpenTelemetry's SDK exclude each other's API, so each has a folder of its own.
const lines = [
  ['SDK 2, API 1.9', 20, ['api@1.9.0', 'sdk-trace-base@2.12.1'], 'BasicTracerProvider'],
  ['SDK 3, API 1.10', 24, ['api@1.10.0', 'sdk-trace@3.1.1'], 'TracerProvider'],
] as const;

/** Spans of one request, each started in another kind of callback. */
const requests = `
  import { context, trace } from '@opentelemetry/api';
  import { EventEmitter } from 'node:events';
  import { readFile } from 'node:fs';

  const tracer = trace.getTracer('test');
  const span = (name) => tracer.startSpan(name).end();
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  async function* pages(name) {
    yield 1;
    await turn();
    span(name + ': in a generator');
    yield 2;
  }

  async function load(name, what) {
    return tracer.startActiveSpan(name + ': load ' + what, async (loading) => {
      await turn();
      span(name + ': read ' + what);
      await new Promise((resolve) => setTimeout(resolve, 1));
      span(name + ': parse ' + what);
      loading.end();
    });
  }

  export async function request(name) {
    await tracer.startActiveSpan(name, async (root) => {
      span(name + ': at once');
      await null;
      span(name + ': after await');
      await Promise.all([load(name, 'cart'), load(name, 'prices')]);
      span(name + ': after Promise.all');
      await Promise.resolve().then(() => span(name + ': then'));
      await new Promise((done) => setTimeout(() => (span(name + ': timer'), done()), 1));
      await new Promise((done) => queueMicrotask(() => (span(name + ': microtask'), done())));
      await new Promise((done) => readFile('package.json', () => (span(name + ': readFile'), done())));
      const emitter = new EventEmitter();
      emitter.on('x', () => span(name + ': listener'));
      await turn();
      emitter.emit('x');
      for await (const page of pages(name)) span(name + ': page ' + page);
      try {
        await Promise.reject(new Error('expected'));
      } catch {
        span(name + ': catch');
      }
      const later = context.bind(context.active(), () => span(name + ': bound'));
      context.with(trace.deleteSpan(context.active()), later);
      root.end();
    });
    span(name + ': afterwards');
  }`;

const main = (sdk: string, provider: string): string => `
  import { context, trace } from '@opentelemetry/api';
  import { ${provider} } from '@opentelemetry/${sdk}';
  import { ThroughlineContextManager } from '@throughline/runtime/opentelemetry';

  const spans = [];
  const settled = async () => {};
  const processor = { onStart() {}, onEnd: (span) => spans.push(span), forceFlush: settled, shutdown: settled };
  context.setGlobalContextManager(new ThroughlineContextManager().enable());
  trace.setGlobalTracerProvider(new ${provider}({ spanProcessors: [processor] }));

  const { request } = await import('./requests.js');
  await Promise.all([request('ada'), request('bob')]);
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const parentOf = (span) => names.get(span.parentSpanContext?.spanId) ?? null;
  console.log(JSON.stringify(Object.fromEntries(spans.map((span) => [span.name, parentOf(span)]))));`;

function parentsFor(name: string): Record<string, string | null> {
  const ofRequest = [
    ...['at once', 'after await', 'after Promise.all', 'then', 'timer', 'microtask', 'readFile'],
    ...['listener', 'page 1', 'in a generator', 'page 2', 'catch', 'bound'],
    ...['load cart', 'load prices'],
  ];
  const ofLoads = ['cart', 'prices'].flatMap((what) =>
    ['read', 'parse'].map((does) => [`${name}: ${does} ${what}`, `${name}: load ${what}`]),
  );
  return {
    ...{ [name]: null, [`${name}: afterwards`]: null },
    ...Object.fromEntries(ofRequest.map((step) => [`${name}: ${step}`, name])),
    ...(Object.fromEntries(ofLoads) as Record<string, string>),
  };
}

test.each(lines)(
  'every span has the right parent: %s',
  async (_title, node, packages, provider) => {
    const sdk = packages[1].slice(0, packages[1].indexOf('@'));
    const project = await Project.with(
      ['@babel/core@7.29.13', ...packages.map((name) => `@opentelemetry/${name}`)],
      await nodeOf(node),
    );
    project.write({ 'main.js': main(sdk, provider), 'requests.js': requests });

    const seen = await project.seenBy('--import', '@throughline/babel-plugin/register', 'main.js');
    expect(seen).toEqual({ ...parentsFor('ada'), ...parentsFor('bob') });
  },
);
