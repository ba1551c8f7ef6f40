import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { here } from './compile.mjs';
import { service } from './measure.mjs';
import { peersFor } from './peers.mjs';

const own = createRequire(import.meta.url);
const urlOf = (name) => pathToFileURL(own.resolve(name)).href;

const production = { NODE_ENV: 'production' };

/** How each tool is switched on from outside, with what it sends to and everything else as it is without settings. */
const ways = {
  nothing: { flags: [] },
  throughline: {
    // What `throughline run` adds.
    flags: [
      ...['--import', urlOf('@throughline/babel-plugin/register')],
      ...['--import', urlOf('@throughline/runtime/auto')],
    ],
    env: { THROUGHLINE_COLLECTOR: '$sink' },
  },
  OpenTelemetry: {
    flags: ['--require', '@opentelemetry/auto-instrumentations-node/register'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: '$httpSink',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  },
  'dd-trace': {
    flags: ['--require', 'dd-trace/init'],
    env: {
      DD_TRACE_AGENT_URL: '$httpSink',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    },
  },
};

export default [
  {
    name: 'run',
    question: 'a service of Express that asks three others, traced without a changed line',
    unit: 'request',
    goal: { throughline: 1.35 },
    cases: Object.entries(ways).map(([title, way]) => ({
      title,
      ours: title === 'throughline',
      measure: (node, root = here) => {
        const folder = peersFor(node);
        const file = join(folder, 'service.js');
        copyFileSync(join(root, 'bench', 'services', 'express.js'), file);
        return service(
          'http',
          () => file,
          title === 'nothing' ? 'silence' : 'events',
          production,
          way,
        )(node, root);
      },
    })),
  },
];
