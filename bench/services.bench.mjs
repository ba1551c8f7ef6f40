import { compile } from './compile.mjs';
import { contexts, withBridge } from './contexts.mjs';
import { service } from './measure.mjs';

const silent = `
  const ready = undefined, interceptors = [];
  const log = () => {}, startTask = () => {};`;

/** Everything on: instrumented, one task per request, events sent to a collector. */
const connected = (imports) => `
  import { connect, log, startTask } from '@throughline/runtime/xtrace';
  ${imports}
  const ready = connect(process.env.SINK);
  const inContext = (run) => run();`;

const heads = {
  http: connected(''),
  grpc: connected(`import { serverInterceptor } from '@throughline/runtime/grpc';
    const interceptors = [serverInterceptor];`),
};

export default ['http', 'grpc'].map((protocol) => ({
  name: protocol,
  question: `a ${protocol === 'http' ? 'service of node:http' : 'service of @grpc/grpc-js'} under load from another process`,
  unit: 'request',
  budget: { throughline: 2.1 },
  goal: { throughline: 1.25 },
  cases: Object.entries({ ...contexts, ...withBridge }).map(([title, context]) => {
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
}));
