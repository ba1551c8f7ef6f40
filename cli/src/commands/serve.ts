import type { Command } from 'commander';
import { settings, startCollector } from '@throughline/collector';
import type { Collector } from '@throughline/collector';

/** Adds `throughline serve`, which runs a collector until it is interrupted. */
export function serve(program: Command): void {
  const { host, reportPort, webPort, otlpPort, otlpGrpcPort, store, spool } = settings;
  program
    .command('serve')
    .description('Run a collector: receive reports, store them and show them on a page.')
    .option('--host <address>', `address to listen on (default: ${host.fallback})`)
    .option(
      '--report-port <port>',
      `port for reports, 0 for a free port (default: ${reportPort.fallback})`,
    )
    .option(
      '--web-port <port>',
      `port for the page, 0 for a free port (default: ${webPort.fallback})`,
    )
    .option(
      '--otlp-port <port>',
      `port for OpenTelemetry, 0 for a free port (default: ${otlpPort.fallback})`,
    )
    .option(
      '--otlp-grpc-port <port>',
      `port for OpenTelemetry over gRPC, 0 for a free port (default: ${otlpGrpcPort.fallback})`,
    )
    .option('--socket <path>', 'serve on a Unix socket, to this user only, in place of ports')
    .option('--cert <file>', 'serve over TLS with this certificate (PEM)')
    .option('--key <file>', 'the key of the certificate (PEM)')
    .option('--token <token>', 'ask everybody for this token who reads or sends')
    .option(
      '--store <location>',
      `database file, :memory:, or clickhouse://host:8123/database (default: ${store.fallback})`,
    )
    .option(
      '--spool <file>',
      `where reports wait while ClickHouse is away (default: ${spool.fallback})`,
    )
    .option('--max-spool <size>', 'most that may wait there (default: 1GB)')
    .option('--allow-origins <urls>', 'origins of pages that may send events (separated by commas)')
    .option('--sources <folders>', 'show code of these folders beside events (separated by commas)')
    .option('--max-size <size>', 'remove the oldest tasks above this size (default: 2GB)')
    .option('--max-age <age>', 'remove tasks that are older, such as 7d (default: none)')
    .action(async (options: Record<string, string>) => {
      const collector = await startCollector(options);
      if (collector.url.startsWith('unix:')) console.log(`Serving everything at ${collector.url}`);
      else printAddresses(collector);
      console.log(`Storing events in ${collector.store}`);
      if (collector.away !== undefined) console.log(`${collector.away} ${AWAY}`);
      await untilInterrupted(() => console.log('Press Ctrl-C to stop.'));
      await collector.close();
      // A peer that has not agreed on TLS over gRPC would hold the process.
      process.exit();
    });
}

const AWAY = 'Reports wait on disk until it is back.';

function printAddresses(collector: Collector): void {
  console.log(`Receiving reports at ${collector.reportAddress}`);
  console.log(`Page at ${collector.pageUrl}`);
  if (collector.isOpen) console.log(OPEN);
  const { isOtlpPortFree, otlpUrl, otlpGrpcAddress } = collector;
  const why = isOtlpPortFree ? '' : ', because its usual port is in use';
  console.log(`OpenTelemetry at ${otlpUrl}${why}`);
  const grpc = otlpGrpcAddress ? `at ${otlpGrpcAddress}` : 'is off, because its port is in use';
  console.log(`OpenTelemetry over gRPC ${grpc}`);
}

const OPEN =
  'Everybody who can reach this address can read what programs log, and write to it. Ask for a token with --token.';

/**
 * Resolves at the first SIGINT or SIGTERM. A second one of the same kind ends the process immediately. `tell` says that it waits: whoever
 * reads that may send a signal at once.
 */
export function untilInterrupted(tell: () => void): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    tell();
  });
}
