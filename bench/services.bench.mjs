import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile, here } from './compile.mjs';
import { contexts, withBridge } from './contexts.mjs';
import { service } from './measure.mjs';
import { peersFor } from './peers.mjs';
import { tracers } from './tracers.mjs';

const silent = `
  const ready = undefined, interceptors = [];
  const log = () => {}, startTask = () => {};`;

/** Everything on: instrumented, one task per request, events sent to a collector. */
export const connected = (imports) => `
  import { connect, log, startTask } from '@throughline/runtime/xtrace';
  ${imports}
  const ready = connect(process.env.SINK);
  const inContext = (run) => run();`;

const heads = {
  http: connected(''),
  grpc: connected(`import { serverInterceptor } from '@throughline/runtime/grpc';
    const interceptors = [serverInterceptor];`),
};

/** What takes the place of `log` where another tracer runs: a span that is over at once, in the span of its request. */
export const spanHeads = {
  OpenTelemetry: `
    import { trace } from '@opentelemetry/api';
    const tracer = trace.getTracer('shop');
    const log = (name, attributes) => tracer.startSpan(name, { attributes }).end();`,
  'dd-trace': `
    import tracer from 'dd-trace';
    const log = (name, tags) =>
      tracer.startSpan(name, { childOf: tracer.scope().active() ?? undefined, tags }).finish();`,
};

const MODULES = { http: 'http', grpc: '@grpc/grpc-js' };

/** The same service with another tracer, which makes a span for the request by itself. It has the packages of its own folder. */
function traced(protocol, title) {
  const head = `
    import { createRequire } from 'node:module';
    // Both instrument what is required, and not what is imported.
    createRequire(import.meta.url)('${MODULES[protocol]}');
    ${spanHeads[title]}
    const ready = undefined, interceptors = [];
    const startTask = () => {};
    const inContext = (run) => run();
    export { ready };`;
  const sources = ['../services/shop.js', `../services/${protocol}.js`];
  const { flags, env } = tracers[title];
  const way = { flags, env: { ...env, OTEL_NODE_ENABLED_INSTRUMENTATIONS: protocol } };
  const measure = (node, root = here) => {
    const file = compile(`service-${protocol}-${title}`, { head, sources }, root);
    const beside = join(peersFor(node), basename(file));
    copyFileSync(file, beside);
    return service(protocol, () => beside, 'events', { NODE_ENV: 'production' }, way)(node, root);
  };
  return { title: `${title}, six spans`, ours: false, measure };
}

export default ['http', 'grpc'].map((protocol) => ({
  name: protocol,
  question: `a ${protocol === 'http' ? 'service of node:http' : 'service of @grpc/grpc-js'} under load from another process`,
  unit: 'request',
  budget: { throughline: 1.9 },
  goal: { throughline: 1.25 },
  cases: [
    ...Object.entries({ ...contexts, ...withBridge }).map(([title, context]) => {
      const ours = title.startsWith('throughline');
      const head = ours ? heads[protocol] : `${context.head}${silent}`;
      const sources = ['../services/shop.js', `../services/${protocol}.js`];
      const file = (root) =>
        compile(
          `service-${protocol}-${title}`.replace(/\W+/g, '-'),
          { ...context, head: `${head}\nexport { ready };`, sources },
          root,
        );
      return {
        title,
        ours,
        measure: service(protocol, file, ours ? 'events' : 'silence', context.env),
      };
    }),
    ...Object.keys(tracers).map((title) => traced(protocol, title)),
  ],
}));
