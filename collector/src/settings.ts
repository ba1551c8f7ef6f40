import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { isClickHouse, withoutPassword } from './store/location.js';
import { CollectorError } from './errors.js';

/** Settings of a collector. Each has a default and an environment variable. */
export interface Settings {
  /** Address to listen on. Default: loopback, because reports and pages contain whatever programs log. */
  host: string;
  /** Port where programs send reports over TCP. 0 picks a free port. Default: 5563. */
  reportPort: number;
  /** Port of the page and of the HTTP API. 0 picks a free port. Default: 4080. */
  webPort: number;
  /**
   * Port where OpenTelemetry's exporters send by default. 0 picks a free port. Default: 4318. If it is in use, the collector starts
   * without it: they can send to the port of the page, too.
   */
  otlpPort: number;
  /** Port where OpenTelemetry's exporters send over gRPC by default. 0 picks a free port. Default: 4317. Left out if it is in use. */
  otlpGrpcPort: number;
  /**
   * Origins of pages that may send events, such as `https://shop.example`, or as text with commas between. Default: none beside
   * those on this machine.
   */
  allowOrigins: readonly string[];
  /**
   * Folders whose code the page shows beside events, or as text with commas between. Default: none beside those that programs were
   * run in by `throughline run`.
   */
  sources: readonly string[];
  /**
   * Path of a Unix socket on which everything is served, to this user only, in place of ports; on Windows, of a named pipe. Default:
   * none.
   */
  socket: string | undefined;
  /** Files of a certificate with its chain, and of its key, as PEM. With them, everything is served over TLS. Default: none. */
  cert: string | undefined;
  key: string | undefined;
  /** What everybody must show who reads or sends: at least 8 visible ASCII characters. Default: none is asked for. */
  token: string | undefined;
  /**
   * Database file of the embedded store, `:memory:`, or a ClickHouse server that several collectors may share:
   * `clickhouse://user:password@host:8123/database`, or `clickhouses://` for TLS. Default: `events.db` in the user's data folder.
   */
  store: string;
  /** File in which reports wait while ClickHouse is away. Default: `spool.db` in the user's data folder. */
  spool: string;
  /** Most that may wait there, in bytes, or as text such as `500MB`. Beyond it, senders are slowed down. Default: `1GB`. */
  maxSpool: number;
  /**
   * Largest size of the embedded store, in bytes, or as text such as `500MB`. Beyond it, the oldest tasks are removed. Default: `2GB`.
   */
  maxSize: number;
  /** Largest age of a task, in milliseconds, or as text such as `12h` or `7d`. Older tasks are removed. Default: no limit. */
  maxAge: number;
}

interface Setting<T> {
  readonly fallback: T;
  readonly variable: string;
  readonly read: (name: string, value: unknown) => T;
}

const data = envPaths('throughline', { suffix: '' }).data;

/** The default, environment variable and check of each setting. */
export const settings: { [K in keyof Settings]: Setting<Settings[K]> } = {
  host: { fallback: '127.0.0.1', variable: 'THROUGHLINE_HOST', read: nonEmptyString },
  reportPort: { fallback: 5563, variable: 'THROUGHLINE_REPORT_PORT', read: port },
  webPort: { fallback: 4080, variable: 'THROUGHLINE_WEB_PORT', read: port },
  otlpPort: { fallback: 4318, variable: 'THROUGHLINE_OTLP_PORT', read: port },
  otlpGrpcPort: { fallback: 4317, variable: 'THROUGHLINE_OTLP_GRPC_PORT', read: port },
  allowOrigins: { fallback: [], variable: 'THROUGHLINE_ALLOW_ORIGINS', read: origins },
  sources: { fallback: [], variable: 'THROUGHLINE_SOURCES', read: folders },
  socket: { fallback: undefined, variable: 'THROUGHLINE_SOCKET', read: socketPath },
  cert: { fallback: undefined, variable: 'THROUGHLINE_CERT', read: optionalPath },
  key: { fallback: undefined, variable: 'THROUGHLINE_KEY', read: optionalPath },
  token: { fallback: undefined, variable: 'THROUGHLINE_TOKEN', read: secret },
  store: {
    fallback: join(data, 'events.db'),
    variable: 'THROUGHLINE_STORE',
    read: location,
  },
  spool: { fallback: join(data, 'spool.db'), variable: 'THROUGHLINE_SPOOL', read: nonEmptyString },
  maxSpool: { fallback: 1024 ** 3, variable: 'THROUGHLINE_MAX_SPOOL', read: size },
  maxSize: { fallback: 2 * 1024 ** 3, variable: 'THROUGHLINE_MAX_SIZE', read: size },
  maxAge: { fallback: Infinity, variable: 'THROUGHLINE_MAX_AGE', read: age },
};

/**
 * Returns checked settings: given values first, then environment variables, then defaults.
 *
 * Throws `TL_SETTING_INVALID`.
 */
export function readSettings(
  given: Partial<Record<keyof Settings, unknown>>,
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const read = <K extends keyof Settings>(name: K): Settings[K] => {
    const { fallback, variable, read: check } = settings[name];
    if (given[name] !== undefined) return check(name, given[name]);
    const fromEnvironment = environment[variable];
    return fromEnvironment === undefined ? fallback : check(variable, fromEnvironment);
  };
  return {
    host: read('host'),
    reportPort: read('reportPort'),
    webPort: read('webPort'),
    otlpPort: read('otlpPort'),
    otlpGrpcPort: read('otlpGrpcPort'),
    allowOrigins: read('allowOrigins'),
    sources: read('sources'),
    socket: read('socket'),
    cert: read('cert'),
    key: read('key'),
    token: read('token'),
    store: read('store'),
    spool: read('spool'),
    maxSpool: read('maxSpool'),
    maxSize: read('maxSize'),
    maxAge: read('maxAge'),
  };
}

function nonEmptyString(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(name, 'a non-empty string', value);
}

/** Reads a path. An empty one is as good as none, as for variables. */
function optionalPath(name: string, value: unknown): string | undefined {
  return value === '' ? undefined : resolve(nonEmptyString(name, value));
}

/** Reads the path of a socket, also in the form in which it is told: `unix:/path`. */
function socketPath(name: string, value: unknown): string | undefined {
  return optionalPath(name, typeof value === 'string' ? value.replace(/^unix:/i, '') : value);
}

/** Reads where a store is. What is no URL is a file. */
function location(name: string, value: unknown): string {
  const text = nonEmptyString(name, value);
  if (!isClickHouse(text) || (URL.canParse(text) && new URL(text).host !== '')) return text;
  throw invalid(name, 'such as clickhouse://host:8123/database', withoutPassword(text));
}

function secret(name: string, value: unknown): string | undefined {
  // A variable that is set to nothing is as good as none.
  if (value === '') return undefined;
  if (typeof value === 'string' && /^[\x21-\x7e]{8,1000}$/.test(value)) return value;
  // It may be almost the right one.
  throw new CollectorError(
    'TL_SETTING_INVALID',
    `Setting "${name}" must be 8 to 1,000 visible ASCII characters without spaces. Its value is not shown here.`,
  );
}

function port(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isInteger(number) && Number(number) >= 0 && Number(number) <= 65535) {
    return number as number;
  }
  throw invalid(name, 'a port number from 0 to 65535', value);
}

/** Reads folders. Whether they are there is seen when code is looked for: they may come and go. */
function folders(name: string, value: unknown): readonly string[] {
  const given = textList(value);
  const isList = Array.isArray(given) && given.every((one) => typeof one === 'string' && one);
  if (!isList) throw invalid(name, 'folders, with commas between', value);
  return (given as string[]).map((one) => resolve(one));
}

/** Reads origins: a protocol and a host, without a path. */
function origins(name: string, value: unknown): readonly string[] {
  const given = textList(value);
  const isList = Array.isArray(given) && given.every((one) => isOrigin(one));
  return isList ? given : never(name, 'origins such as https://shop.example', value);
}

function textList(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
}

function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
}

const SIZES = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
const AGES = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function size(name: string, value: unknown): number {
  return withUnit(value, SIZES) ?? never(name, 'a size such as 500MB or 2GB', value);
}

function age(name: string, value: unknown): number {
  return withUnit(value, AGES) ?? never(name, 'an age such as 30m, 12h or 7d', value);
}

/** Returns a number above 0, or one that is text with a unit. Returns undefined for anything else. */
function withUnit(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof value === 'number') return value > 0 ? value : undefined;
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(String(value)) ?? [];
  const factor = Object.entries(units).find(([name]) => name.toLowerCase() === unit?.toLowerCase());
  return factor && Number(digits) > 0 ? Number(digits) * factor[1] : undefined;
}

function never(name: string, expected: string, value: unknown): never {
  throw invalid(name, expected, value);
}

function invalid(name: string, expected: string, value: unknown): CollectorError {
  return new CollectorError(
    'TL_SETTING_INVALID',
    `Setting "${name}" must be ${expected}, got ${JSON.stringify(value) ?? String(value)}.`,
  );
}
