import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ClickHouseError, createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { errorMessage } from '../errors.js';
import { COLUMN_LIST } from './columns.js';

/** How long a server may be silent, in milliseconds: a shard that hangs must not hold the others up for ever. */
const TIMEOUT_MS = 20_000;

/** Values of a query's parameters, by name. */
export type Parameters = Readonly<Record<string, string | number>>;

/** A connection to a ClickHouse server: a client with the settings that the store needs. */
export class Connection {
  private readonly client: ClickHouseClient;
  private insertSettings: ClickHouseSettings = {};

  /** `location` is that of `--store`: `clickhouse://user:password@host:8123/database`, or `clickhouses://` for TLS. */
  constructor(location: string) {
    this.client = createClient({
      url: httpUrl(location),
      application: 'throughline',
      request_timeout: TIMEOUT_MS,
      // The collector reports a server that is away itself, in `/health`.
      log: { LoggerClass: SilentLogger },
    });
  }

  /** Asks for the server's version, and remembers what to tell it at an insert. */
  async open(): Promise<{ readonly major: number }> {
    const [row] = await this.rows<[string]>('SELECT version()');
    const major = parseInt(row![0]);
    this.insertSettings = {
      // An answer means that the rows are on their shards. This is the name that old and new servers know.
      insert_distributed_sync: 1,
      // A profile may have the server answer before it has stored anything. Servers of old clusters do not know it.
      ...(major >= 22 && { async_insert: 0 as const }),
    } as ClickHouseSettings;
    return { major };
  }

  /** Returns the rows of a query, each a list of its columns. Numbers of 64 bits are texts. */
  async rows<T>(query: string, parameters: Parameters = {}): Promise<T[]> {
    const result = await this.client.query({
      query,
      format: 'JSONCompact',
      ...(Object.keys(parameters).length > 0 && { query_params: parameters }),
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    return (await result.json<T>()).data;
  }

  /** The same with the names of columns. */
  async objects<T>(query: string): Promise<T[]> {
    const result = await this.client.query({
      query,
      format: 'JSON',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    return (await result.json<T>()).data;
  }

  /** Returns the rows of a query in RowBinary. An error on the way comes in place of them, and not among them. */
  async bytes(query: string): Promise<Uint8Array> {
    const { stream } = await this.client.exec({
      query: `${query} FORMAT RowBinary`,
      clickhouse_settings: { wait_end_of_query: 1 },
    });
    return buffer(stream);
  }

  /** Stores rows in RowBinary with all columns of `events`. Resolves when they are stored. */
  async insert(rows: Uint8Array): Promise<void> {
    const { stream } = await this.client.exec({
      query: `INSERT INTO events (${COLUMN_LIST}) FORMAT RowBinary`,
      values: Readable.from([rows], { objectMode: false }),
      clickhouse_settings: this.insertSettings,
    });
    await buffer(stream);
  }

  /** Runs a statement that returns nothing. */
  async command(query: string): Promise<void> {
    await this.client.command({ query });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** The errors of a server that is there, after which the same call may succeed. */
const PASSING = new Set([
  ...['TIMEOUT_EXCEEDED', 'SOCKET_TIMEOUT', 'NETWORK_ERROR', 'ALL_CONNECTION_TRIES_FAILED'],
  ...['TOO_MANY_SIMULTANEOUS_QUERIES', 'MEMORY_LIMIT_EXCEEDED', 'NOT_ENOUGH_SPACE'],
  ...['KEEPER_EXCEPTION', 'NO_ZOOKEEPER', 'TABLE_IS_READ_ONLY', 'ABORTED', 'SERVER_OVERLOADED'],
]);

/** Node's errors of a server that cannot be reached. Others, such as those of TLS, stay the same. */
const ON_THE_WAY = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'],
]);

/** Returns true if an error passes though nobody changes anything: the server is not there, or has too much to do. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ClickHouseError) return PASSING.has(error.type ?? '');
  const { code = '', message } = error as { code?: string; message: string };
  // The client has no code for its timeouts, nor for what a load balancer answers.
  return (
    ON_THE_WAY.has(code) || /timeout|hang up|\b50[234]\b|Bad Gateway|Unavailable/i.test(message)
  );
}

/** Returns the message of an error, without the stack of the server, and without a full stop. */
export function problemOf(error: unknown): string {
  const { code } = error as { code?: string };
  // An attempt at several addresses of a name fails without a message.
  const message = (errorMessage(error) || code || 'no answer').replace(/[.\s]+$/, '').slice(0, 500);
  return error instanceof ClickHouseError ? `${message} (${error.type ?? error.code})` : message;
}

/** Returns true for an error that says that the tables are gone. */
export function isWithoutTables(error: unknown): boolean {
  return error instanceof ClickHouseError && /^UNKNOWN_(?:TABLE|DATABASE)$/.test(error.type ?? '');
}

/** Returns the URL for the client: with the ports on which servers answer over HTTP by default. */
function httpUrl(location: string): string {
  // Of a scheme that it does not know, `URL` keeps every port.
  const { port } = new URL(location);
  const url = new URL(location.replace(/^clickhouse/i, 'http'));
  if (port === '') url.port = url.protocol === 'https:' ? '8443' : '8123';
  return url.href;
}

class SilentLogger {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}
