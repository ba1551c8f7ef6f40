import { SmallCollector } from '../harness/collector';

/** The parents of each event, by their labels, and the files whose lines the events name. */
export interface Events {
  readonly parents: Readonly<Record<string, readonly string[]>>;
  readonly files: readonly string[];
}

/** Runs something with the address of a collector, and returns what that was sent. */
export async function withCollector<T>(
  run: (env: { COLLECTOR: string }) => Promise<T>,
): Promise<{ result: T; events: Events }> {
  const collector = await SmallCollector.start();
  try {
    const result = await run({ COLLECTOR: `127.0.0.1:${collector.port}` });
    const { length } = Object.keys(events.parents);
    const isOver = (): boolean => collector.connections > 0 && collector.sockets.size === 0;
    await collector.until(() => collector.reports.length >= length || isOver());
    return { result, events: eventsOf(collector) };
  } finally {
    await collector.stop();
  }
}

function eventsOf({ reports }: SmallCollector): Events {
  const labels = new Map(reports.map(({ eventId, label }) => [eventId, label]));
  return {
    parents: Object.fromEntries(
      reports.map(({ label, parentEventIds }) => [
        label,
        parentEventIds.map((id) => labels.get(id) ?? id).sort(),
      ]),
    ),
    files: [
      ...new Set(reports.map(({ source }) => /\w+(?=\.\w+:\d+$)/.exec(source ?? '')?.[0] ?? '')),
    ],
  };
}

/** What the app logs, whatever built it. */
export const events: Events = {
  parents: { ...eventsFor('ada'), ...eventsFor('bob') },
  files: ['events'],
};

function eventsFor(name: string): Events['parents'] {
  return {
    [`request of ${name}`]: [],
    [`load prices of ${name}`]: [`request of ${name}`],
    [`load stock of ${name}`]: [`request of ${name}`],
    [`loaded prices of ${name}`]: [`load prices of ${name}`],
    [`loaded stock of ${name}`]: [`load stock of ${name}`],
    [`all loaded for ${name}`]: [`loaded prices of ${name}`, `loaded stock of ${name}`],
    [`in a timer for ${name}`]: [`all loaded for ${name}`],
    [`answered ${name}`]: [`in a timer for ${name}`],
  };
}
