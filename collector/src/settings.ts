import { join } from 'node:path';
import envPaths from 'env-paths';
import { CollectorError } from './errors.js';

/** Settings of a collector. Each has a default and an environment variable. */
export interface Settings {
  /** Address to listen on. Default: loopback, because reports and pages contain whatever programs log. */
  host: string;
  /** Port of the pubsub protocol, where programs send reports. 0 picks a free port. Default: 5563. */
  reportPort: number;
  /** Port of the page and of the HTTP API. 0 picks a free port. Default: 4080. */
  webPort: number;
  /** Database file of the embedded store, or `:memory:`. Default: `events.db` in the user's data folder. */
  store: string;
}

interface Setting<T> {
  readonly fallback: T;
  readonly variable: string;
  readonly read: (name: string, value: unknown) => T;
}

/** The default, environment variable and check of each setting. */
export const settings: { [K in keyof Settings]: Setting<Settings[K]> } = {
  host: { fallback: '127.0.0.1', variable: 'THROUGHLINE_HOST', read: nonEmptyString },
  reportPort: { fallback: 5563, variable: 'THROUGHLINE_REPORT_PORT', read: port },
  webPort: { fallback: 4080, variable: 'THROUGHLINE_WEB_PORT', read: port },
  store: {
    fallback: join(envPaths('throughline', { suffix: '' }).data, 'events.db'),
    variable: 'THROUGHLINE_STORE',
    read: nonEmptyString,
  },
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
    store: read('store'),
  };
}

function nonEmptyString(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(name, 'a non-empty string', value);
}

function port(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isInteger(number) && Number(number) >= 0 && Number(number) <= 65535) {
    return number as number;
  }
  throw invalid(name, 'a port number from 0 to 65535', value);
}

function invalid(name: string, expected: string, value: unknown): CollectorError {
  return new CollectorError(
    'TL_SETTING_INVALID',
    `Setting "${name}" must be ${expected}, got ${JSON.stringify(value) ?? String(value)}.`,
  );
}
