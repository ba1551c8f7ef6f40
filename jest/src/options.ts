import type { Options as PluginOptions } from '@throughline/babel-plugin';
import { findingKinds, onRequest } from './ledger/findings.js';
import type { FindingKind } from './ledger/findings.js';
import { invalidOption, list, unknownOption } from './errors.js';

/** What happens to a test that leaves something behind. */
export const verdicts = ['report', 'fail', 'off'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Options {
  /**
   * What happens when something is found: it is reported, its test fails, or nothing. For everything, or
   * by kind: `{ default: 'fail', listener: 'off' }`. Default: `"report"`.
   */
  leaks?: Verdict | LeakPolicy;
  /** A file of findings that are known and not reported. Default: none. */
  baseline?: string;
  /**
   * A folder for the events that each test has logged, from the project's on. The variable
   * `THROUGHLINE_EVENTS` goes before it. Default: none.
   */
  events?: string;
  /** Options of `@throughline/babel-plugin`. */
  plugin?: PluginOptions;
  /** What `babel-jest` is given beside the project's Babel configuration. */
  babel?: Readonly<Record<string, unknown>>;
}
export type LeakPolicy = { default?: Verdict } & Partial<Record<FindingKind, Verdict>>;

export interface ResolvedOptions {
  readonly leaks: Readonly<Record<FindingKind, Verdict>>;
  readonly baseline: string | undefined;
  readonly events: string | undefined;
  readonly plugin: PluginOptions;
  readonly babel: Readonly<Record<string, unknown>>;
}

/** Takes what the user wrote; returns a value of the declared type, or throws. */
type Reader<T> = (name: string, value: unknown) => T;

const readers: { [K in keyof ResolvedOptions]: Reader<ResolvedOptions[K]> } = {
  leaks: readLeaks,
  baseline: pathOf('a file'),
  events: pathOf('a folder'),
  // The plugin checks its own.
  plugin: objectOf,
  babel: objectOf,
};

export function readOptions(written: object): ResolvedOptions {
  for (const name of Object.keys(written)) {
    if (!Object.hasOwn(readers, name)) throw unknownOption(name, Object.keys(readers));
  }
  const values = written as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(readers).map(([name, read]) => [name, read(name, values[name])]),
  ) as unknown as ResolvedOptions;
}

/**
 * The options of a project, from Jest's configuration of it. They stand in one place, beside the
 * transformer, so that a change of them makes Jest transform anew.
 */
export function optionsOf(config: {
  readonly transform: readonly (readonly [string, string, object?])[];
}): ResolvedOptions {
  const entry = config.transform.find(([, path]) => TRANSFORMER.test(path));
  return readOptions(entry?.[2] ?? {});
}

const TRANSFORMER =
  /[\\/](?:@throughline[\\/])?jest[\\/](?:dist[\\/](?:cjs|esm)|src)[\\/]transformer\.[jt]s$/;

function pathOf(what: string): Reader<string | undefined> {
  return (name, value) => {
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw invalidOption(name, `the path of ${what}`, value);
  };
}

function readLeaks(name: string, value: unknown = 'report'): ResolvedOptions['leaks'] {
  const policy = typeof value === 'object' && value !== null ? value : { default: value };
  for (const key of Object.keys(policy)) {
    if (key !== 'default' && !findingKinds.includes(key as FindingKind)) {
      throw unknownOption(`${name}.${key}`, ['default', ...findingKinds]);
    }
  }
  const { default: otherwise = 'report', ...byKind } = policy as Record<string, unknown>;
  return Object.fromEntries(
    findingKinds.map((kind) => {
      const verdict = byKind[kind] ?? (onRequest.has(kind) ? 'off' : otherwise);
      return [kind, verdictOf(`${name}.${kind}`, verdict)];
    }),
  ) as ResolvedOptions['leaks'];
}

function verdictOf(name: string, value: unknown): Verdict {
  if (verdicts.includes(value as Verdict)) return value as Verdict;
  throw invalidOption(name, `one of ${list(verdicts)}`, value);
}

function objectOf(name: string, value: unknown = {}): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw invalidOption(name, 'an object', value);
}
