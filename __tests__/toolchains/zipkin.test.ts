// Spans of Zipkin's own library for JavaScript, as it sends them.
import { ask, startTestCollector } from '../harness/test-collector';
import { until } from '../harness/until';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { Project } from './project';

const PROGRAM = `
  const zipkin = require('zipkin');
  const { HttpLogger } = require('zipkin-transport-http');
  const logger = () => new HttpLogger({
    endpoint: process.argv[2],
    jsonEncoder: zipkin.jsonEncoder.JSON_V2,
    httpInterval: 10,
  });
  const ctxImpl = new zipkin.ExplicitContext();
  const tracer = (localServiceName) => new zipkin.Tracer({
    ctxImpl,
    recorder: new zipkin.BatchRecorder({ logger: logger() }),
    localServiceName,
  });
  const [web, shop] = [tracer('web'), tracer('shop')];
  const sends = new zipkin.Instrumentation.HttpClient({ tracer: web, remoteServiceName: 'shop' });
  const serves = new zipkin.Instrumentation.HttpServer({ tracer: shop, port: 80 });
  web.local('page', () => web.scoped(() => {
    const { headers } = sends.recordRequest({ headers: {} }, 'http://shop/carts/7', 'GET');
    const sent = web.id;
    shop.scoped(() => {
      const { Some, None } = zipkin.option;
      const header = (name) => (headers[name] === undefined ? None : new Some(headers[name]));
      const id = serves.recordRequest('GET', '/carts/7', header);
      shop.letId(id, () => shop.local('load cart', () => {}));
      serves.recordResponse(id, '500', new Error('no cart'));
    });
    sends.recordResponse(sent, '500');
  }));
  setTimeout(() => process.exit(), 1000);
`;

test('a client, and a server that goes on with its span', async () => {
  const app = await Project.with(['zipkin@0.22.0', 'zipkin-transport-http@0.22.0']);
  const collector = await startTestCollector();
  try {
    app.add({ 'program.cjs': PROGRAM });
    await app.run('program.cjs', `${collector.url}/api/v2/spans`);
    const events = await until('all spans', async () => {
      const { body } = await ask<{ tasks: { taskId: string; events: number }[] }>(
        ...([collector, '/api/tasks'] as const),
      );
      const task = body.tasks.find((one) => one.events === 8);
      if (!task) return undefined;
      return (await ask<{ events: TraceEvent[] }>(collector, `/api/tasks/${task.taskId}`)).body
        .events;
    });
    const nameOf = ({ label, processName }: TraceEvent): string => `${label} (${processName})`;
    const lines = events.map((one) => {
      const parents = events.filter(({ eventId }) => one.parentEventIds.includes(eventId));
      return `${nameOf(one)} <- ${parents.map(nameOf).join()}`;
    });

    expect(lines.sort()).toEqual(
      [
        'page (web) <- ',
        'get (web) <- page (web)',
        'get (shop) <- get (web)',
        'load cart (shop) <- get (shop)',
        'load cart ended (shop) <- load cart (shop)',
        'get 500 (shop) <- get (shop)',
        'get 500 (web) <- get (web)',
        'page ended (web) <- page (web)',
      ].sort(),
    );
  } finally {
    await collector.close();
  }
}, 60_000);
