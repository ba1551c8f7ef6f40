import type { Acceptor } from '../ingest/accept.js';
import type { ReportServer } from '../ingest/report-server.js';
import type { StoreSize } from '../store/store.js';

/** One number: what it is, its kind, and its value. */
type Metric = readonly [name: string, help: string, type: 'counter' | 'gauge', value: number];

/**
 * Returns the numbers of a collector in the text format of Prometheus ("Exposition formats", version 0.0.4). Those of the store are left
 * out while nobody knows them.
 */
export function metricsText(
  { counters, changes }: Pick<Acceptor, 'counters' | 'changes'>,
  reports: Pick<ReportServer, 'counters' | 'undelivered'>,
  size: StoreSize | undefined,
): string {
  const { received, kept, duplicates, conflicts, refused, dropped, waiting } = counters;
  const metrics: readonly Metric[] = [
    ['reports_received_total', 'Reports received.', 'counter', received],
    ['reports_kept_total', 'Reports stored.', 'counter', kept],
    ['reports_duplicate_total', 'Reports that were stored before.', 'counter', duplicates],
    ['reports_conflicting_total', 'Reports with the id of another event.', 'counter', conflicts],
    ['reports_refused_total', 'Reports that could not be read.', 'counter', refused],
    ['reports_dropped_total', 'Reports that could not be stored.', 'counter', dropped],
    ['reports_waiting', 'Reports that are not stored yet.', 'gauge', waiting],
    ['connections_total', 'Connections over TCP.', 'counter', reports.counters.connections],
    [
      'bad_streams_total',
      'Connections closed as unreadable.',
      'counter',
      reports.counters.badStreams,
    ],
    [
      'undelivered_total',
      'Messages not delivered to slow subscribers.',
      'counter',
      reports.undelivered,
    ],
    ['listeners', 'Pages and commands that wait for what is new.', 'gauge', changes.listeners],
    ...(size === undefined ? [] : storeMetrics(size)),
  ];
  return metrics
    .map(([name, help, type, value]) => {
      const whole = `throughline_${name}`;
      return `# HELP ${whole} ${help}\n# TYPE ${whole} ${type}\n${whole} ${value}\n`;
    })
    .join('');
}

function storeMetrics({ tasks, events, bytes, evicted }: StoreSize): readonly Metric[] {
  return [
    ['store_tasks', 'Tasks in the store.', 'gauge', tasks],
    ['store_events', 'Events in the store.', 'gauge', events],
    ['store_bytes', 'Size of the store.', 'gauge', bytes],
    ['evicted_tasks_total', 'Tasks removed by size or age.', 'counter', evicted.tasks],
    ['evicted_events_total', 'Events removed by size or age.', 'counter', evicted.events],
  ];
}
