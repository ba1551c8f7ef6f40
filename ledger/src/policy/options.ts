import { invalidOption, list, unknownOption } from '../errors.js';
import { findingKinds, optInKinds } from '../findings.js';
import type { FindingKind } from '../findings.js';

/** The possible reactions to a finding. */
export const verdicts = ['report', 'fail', 'off'] as const;
/** A reaction to a finding: report it, fail its test, or ignore it. */
export type Verdict = (typeof verdicts)[number];

/** A reaction for each kind of finding. `default` applies to kinds that are not named. */
export type LeakPolicy = { default?: Verdict } & Partial<Record<FindingKind, Verdict>>;

/** The options that are the same for every test runner. */
export interface LedgerOptions {
  /**
   * The reaction to a finding: `"report"` prints it, `"fail"` also fails its test, `"off"` ignores it. One value
   * for all kinds, or an object by kind: `{ default: 'fail', listener: 'off' }`. The kinds `"pending-async"`,
   * `"slept-time"` and `"fake-timers"` are off unless they are named. Default: `"report"`.
   */
  leaks?: Verdict | LeakPolicy;
  /**
   * The path of a JSON file of known findings, which are not reported, relative to the project's root. A run with
   * `THROUGHLINE_BASELINE=update` writes it. Default: none.
   */
  baseline?: string;
  /**
   * The path of a folder for the events that each test logs, relative to the project's root. The environment
   * variable `THROUGHLINE_EVENTS` overrides it. Default: none.
   */
  events?: string;
  /** The path of a JUnit file for the findings, relative to the project's root. Default: none. */
  junit?: string;
  /** The number of findings that are printed for each test file. Files have all of them. Default: 20. */
  maxPrinted?: number;
}

/** The options after validation, with defaults filled in. */
export interface ResolvedLedgerOptions {
  readonly leaks: Readonly<Record<FindingKind, Verdict>>;
  readonly baseline: string | undefined;
  readonly events: string | undefined;
  readonly junit: string | undefined;
  readonly maxPrinted: number;
}

/** Validates a value that the user wrote. Returns it in the declared type, or throws. */
export type Reader<T> = (name: string, value: unknown) => T;
/** A reader for each option. */
export type Readers<T> = { readonly [K in keyof T]: Reader<T[K]> };

/** The readers of the options that are the same for every test runner. */
export const ledgerReaders: Readers<ResolvedLedgerOptions> = {
  leaks: readLeaks,
  baseline: pathOf('a file'),
  events: pathOf('a folder'),
  junit: pathOf('a file'),
  maxPrinted(name, value = 20) {
    if (typeof value === 'number' && value >= 0) return value;
    throw invalidOption(name, 'a number', value);
  },
};

/** Validates options and fills in defaults. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`. */
export function readOptions<T extends object>(readers: Readers<T>, written: object): T {
  for (const name of Object.keys(written)) {
    if (!Object.hasOwn(readers, name)) throw unknownOption(name, Object.keys(readers));
  }
  const values = written as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries<Reader<unknown>>(readers).map(([name, read]) => [
      name,
      read(name, values[name]),
    ]),
  ) as T;
}

/** A reader of options that are objects. Default: `{}`. */
export function objectOf(name: string, value: unknown = {}): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw invalidOption(name, 'an object', value);
}

function pathOf(what: string): Reader<string | undefined> {
  return (name, value) => {
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw invalidOption(name, `the path of ${what}`, value);
  };
}

function readLeaks(
  name: string,
  value: unknown = 'report',
): Readonly<Record<FindingKind, Verdict>> {
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
  ) as Record<FindingKind, Verdict>;
}

function verdictOf(name: string, value: unknown): Verdict {
  if (verdicts.includes(value as Verdict)) return value as Verdict;
  throw invalidOption(name, `one of ${list(verdicts)}`, value);
}
