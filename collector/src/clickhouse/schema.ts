import { EVENT_COLUMNS } from './columns.js';
import type { Connection } from './connection.js';

/** The oldest server on which the collector creates tables: before it, summaries of tasks are not understood. */
const OLDEST_VERSION = 23;

const columns = Object.entries(EVENT_COLUMNS)
  .map(([name, type]) => `  ${name} ${type}`)
  .join(',\n');

/** The longest text that a summary has, in code points: a little more than lists show (`cutText`), which cut it in characters. */
const TEXT = 300;

/**
 * The tables, by name, for one server. Those of a cluster are in docs/scale.md.
 *
 * What comes twice, from two collectors, counts once: every column of a summary is a function of the set of events, and not of how
 * often they came, or in which order. Of rows that are the same event, the table keeps the one that came first: the highest rank.
 */
export const TABLES: Readonly<Record<'tasks' | 'events' | 'tasks_of_events', string>> = {
  tasks: `CREATE TABLE IF NOT EXISTS tasks (
  task UInt64,
  upper UInt64,
  received SimpleAggregateFunction(max, DateTime),
  events AggregateFunction(uniqExact, UInt64),
  errors AggregateFunction(uniqExactIf, UInt64, UInt8),
  first AggregateFunction(min, Int64),
  last AggregateFunction(max, Int64),
  arrived AggregateFunction(min, UInt64),
  title AggregateFunction(argMin, Tuple(UInt64, String), Tuple(Int64, UInt64)),
  ends AggregateFunction(groupUniqArrayIf, Tuple(UInt64, String, Int64), UInt8),
  processes AggregateFunction(minMap, Array(String), Array(Int64)),
  tags AggregateFunction(minMap, Array(String), Array(UInt64))
) ENGINE = AggregatingMergeTree
PARTITION BY (toYYYYMM(received), upper = 0)
ORDER BY (task, upper)`,

  events: `CREATE TABLE IF NOT EXISTS events (
${columns},
  received DateTime DEFAULT now(),
  rank UInt64 DEFAULT bitNot(seq)
) ENGINE = ReplacingMergeTree(rank)
PARTITION BY toYYYYMMDD(received)
ORDER BY (task, time, event, upper)`,

  tasks_of_events: `CREATE MATERIALIZED VIEW IF NOT EXISTS tasks_of_events TO tasks AS
SELECT
  task,
  upper,
  max(events.received) AS received,
  uniqExactState(event) AS events,
  uniqExactIfState(event, failed) AS errors,
  minState(time) AS first,
  maxState(time) AS last,
  minState(seq) AS arrived,
  argMinState((event, substringUTF8(toString(label), 1, ${TEXT})), (time, seq)) AS title,
  groupUniqArrayIfState((events.ends, substringUTF8(toString(label), 1, ${TEXT}), time), toUInt8(events.ends != 0)) AS ends,
  minMapState([substringUTF8(toString(ifNull(process_name, '')), 1, ${TEXT})], [time]) AS processes,
  minMapState(
    arrayMap(tag -> substringUTF8(toString(tag), 1, ${TEXT}), arraySlice(arrayDistinct(tags), 1, 20)),
    arrayMap(i -> seq * 64 + i, range(least(toUInt64(length(arrayDistinct(tags))), 20)))
  ) AS tags
FROM events
GROUP BY task, upper`,
};

/**
 * Makes the tables where they are missing. Those of a cluster (`Distributed`) are the user's, and are left as they are. Throws an
 * `Error` for tables that are not of this version, and for a server that is too old.
 */
export async function prepare(connection: Connection, maxAgeMs: number): Promise<void> {
  const { major } = await connection.open();
  const engine = await engineOf(connection, 'events');
  if (engine !== undefined) await checkColumns(connection);
  if (engine?.startsWith('Distributed')) return;
  if (major < OLDEST_VERSION) {
    throw new Error(
      `it is version ${major} of ClickHouse, and ${OLDEST_VERSION} or newer is needed`,
    );
  }
  // All of them, in this order: another collector may have made the first one a moment ago.
  for (const statement of Object.values(TABLES)) await connection.command(statement);
  for (const table of ['events', 'tasks'] as const) await limitAge(connection, table, maxAgeMs);
}

/** Has the server remove what is older, or nothing any more. */
async function limitAge(
  connection: Connection,
  table: 'events' | 'tasks',
  maxAgeMs: number,
): Promise<void> {
  const seconds = Math.max(1, Math.round(maxAgeMs / 1000));
  if (maxAgeMs !== Infinity) {
    await connection.command(
      `ALTER TABLE ${table} MODIFY TTL received + INTERVAL ${seconds} SECOND`,
    );
  } else if ((await engineOf(connection, table))?.includes(' TTL ')) {
    await connection.command(`ALTER TABLE ${table} REMOVE TTL`);
  }
}

/** Returns the engine of a table, with its parameters and clauses; nothing if there is no such table. */
export async function engineOf(
  connection: Connection,
  table: 'events' | 'tasks',
): Promise<string | undefined> {
  const [row] = await connection.rows<[string]>(
    `SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = '${table}'`,
  );
  return row?.[0];
}

async function checkColumns(connection: Connection): Promise<void> {
  const rows = await connection.rows<[string]>(
    "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events'",
  );
  const present = new Set(rows.map(([name]) => name));
  const missing = Object.keys(EVENT_COLUMNS).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  throw new Error(
    `its table "events" is not one of this collector: it has no columns ${missing.join(', ')}`,
  );
}
