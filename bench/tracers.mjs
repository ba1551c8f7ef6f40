/** How other tracers are switched on from outside: what they send to, and everything else as it is without settings. */
export const tracers = {
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
