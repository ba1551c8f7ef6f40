import type { Options as PluginOptions } from '@throughline/babel-plugin';
import { findingKinds, optInKinds } from './ledger/findings.js';
import type { FindingKind } from './ledger/findings.js';
import { invalidOption, list, unknownOption } from './errors.js';

/** The possible reactions to a finding. */
export const verdicts = ['report', 'fail', 'off'] as const;
/** A reaction to a finding: report it, fail its test, or ignore it. */
export type Verdict = (typeof verdicts)[number];

/** The options of the preset and its transformer. */
export interface Options {
  /**
   * The reaction to a finding: `"report"` prints it, `"fail"` also fails its test, `"off"` ignores it. One value
   * for all kinds, or an object by kind: `{ default: 'fail', listener: 'off' }`. The kind `"pending-async"` is off
   * unless it is named. Default: `"report"`.
   */
  leaks?: Verdict | LeakPolicy;
  /**
   * The path of a JSON file of known findings, which are not reported, relative to `rootDir`. A run with
   * `THROUGHLINE_BASELINE=update` writes it. Default: none.
   */
  baseline?: string;
  /**
   * The path of a folder for the events that each test logs, relative to `rootDir`. The environment variable
   * `THROUGHLINE_EVENTS` overrides it. Default: none.
   */
  events?: string;
  /** Options of `@throughline/babel-plugin`, unless the project's Babel configuration lists it. Default: `{}`. */
  plugin?: PluginOptions;
  /** Babel options for `babel-jest`, in addition to the project's Babel configuration. Default: `{}`. */
  babel?: Readonly<Record<string, unknown>>;
}
/** A reaction for each kind of finding. `default` applies to kinds that are not named. */
export type LeakPolicy = { default?: Verdict } & Partial<Record<FindingKind, Verdict>>;

/** The options after validation, with defaults filled in. */
export interface ResolvedOptions {
  readonly leaks: Readonly<Record<FindingKind, Verdict>>;
  readonly baseline: string | undefined;
  readonly events: string | undefined;
  readonly plugin: PluginOptions;
  readonly babel: Readonly<Record<string, unknown>>;
}

/** Validates a value that the user wrote. Returns it in the declared type, or throws. */
type Reader<T> = (name: string, value: unknown) => T;

const readers: { [K in keyof ResolvedOptions]: Reader<ResolvedOptions[K]> } = {
  leaks: readLeaks,
  baseline: pathOf('a file'),
  events: pathOf('a folder'),
  // The plugin validates its own options.
  plugin: objectOf,
  babel: objectOf,
};

/** Validates options and fills in defaults. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`. */
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
 * Reads the options from a project's Jest configuration. They are stored with the transformer only, so that
 * changing them invalidates Jest's transform cache. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`.
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
      const verdict = byKind[kind] ?? (optInKinds.has(kind) ? 'off' : otherwise);
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
