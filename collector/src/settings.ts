import { CollectorError } from './errors.js';

export interface Settings {
  /** Address to listen on. Loopback by default: reports and pages carry whatever programs log. */
  host: string;
  /** Port of the pubsub protocol, where programs send reports. 0 takes a free one. */
  reportPort: number;
  /** Port of the page and of queries. 0 takes a free one. */
  webPort: number;
  /** File of the embedded store, or `:memory:`. */
  store: string;
}

interface Setting<T> {
  readonly fallback: T;
  readonly variable: string;
  readonly read: (name: string, value: unknown) => T;
}

/** One row a setting: its default, its environment variable and its check. */
export const settings: { [K in keyof Settings]: Setting<Settings[K]> } = {
  host: { fallback: '127.0.0.1', variable: 'THROUGHLINE_HOST', read: text },
  reportPort: { fallback: 5563, variable: 'THROUGHLINE_REPORT_PORT', read: port },
  webPort: { fallback: 4080, variable: 'THROUGHLINE_WEB_PORT', read: port },
  store: { fallback: 'throughline.db', variable: 'THROUGHLINE_STORE', read: text },
};

/** What was given, else the environment, else the defaults; checked once, here. */
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
    store: read('store'),
  };
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(name, 'a text that is not empty', value);
}

function port(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isInteger(number) && Number(number) >= 0 && Number(number) <= 65535) {
    return number as number;
  }
  throw invalid(name, 'a port from 0 to 65535', value);
}

function invalid(name: string, expected: string, value: unknown): CollectorError {
  return new CollectorError(
    'SETTING_INVALID',
    `Setting "${name}" must be ${expected}, but is ${JSON.stringify(value) ?? String(value)}.`,
  );
}
