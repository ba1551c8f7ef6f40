import type { Options as PluginOptions } from '@throughline/babel-plugin';
import { invalidOption, ledgerReaders, objectOf, readOptions as read } from '@throughline/ledger';
import type { LedgerOptions, Readers, ResolvedLedgerOptions } from '@throughline/ledger';

/** A transformer of the project: a path or package, and its options. `'none'` leaves files as they are written. */
export type InnerTransformer = readonly [path: string, options: object];

/** The options of the preset and its transformer. */
export interface Options extends LedgerOptions {
  /**
   * The transformer that compiles the project: `"ts-jest"`, or with options `["@swc/jest", {…}]`. Its output is
   * instrumented. `"none"` instruments files as they are written. Default: `babel-jest`.
   */
  transformer?: string | InnerTransformer;
  /** Options of `@throughline/babel-plugin`, unless the project's Babel configuration lists it. Default: `{}`. */
  plugin?: PluginOptions;
  /** Babel options for `babel-jest`, in addition to the project's Babel configuration. Default: `{}`. */
  babel?: Readonly<Record<string, unknown>>;
}

/** The options after validation, with defaults filled in. */
export interface ResolvedOptions extends ResolvedLedgerOptions {
  readonly plugin: PluginOptions;
  readonly babel: Readonly<Record<string, unknown>>;
  readonly transformer: InnerTransformer | undefined;
}

const readers: Readers<ResolvedOptions> = {
  ...ledgerReaders,
  // The plugin validates its own options.
  plugin: objectOf,
  babel: objectOf,
  transformer(name, value) {
    if (value === undefined) return undefined;
    const [path, options = {}] = [value].flat() as unknown[];
    if (typeof path === 'string' && path !== '') return [path, objectOf(name, options)];
    throw invalidOption(name, 'the path of a transformer, or a list of it and its options', value);
  },
};

/** Validates options and fills in defaults. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`. */
export function readOptions(written: object): ResolvedOptions {
  return read(readers, written);
}

/**
 * Reads the options from a project's Jest configuration. They are stored with the transformer only, so that
 * changing them invalidates Jest's transform cache. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`.
 */
export function optionsOf(config: {
  readonly transform: readonly (readonly [string, string, object?])[];
}): ResolvedOptions {
  const entry = config.transform.find(([, path]) => isOwnTransformer(path));
  return readOptions(entry?.[2] ?? {});
}

/** Returns true for the path of our transformer, in either build. */
export function isOwnTransformer(path: string): boolean {
  return path === `@throughline/jest/transformer` || TRANSFORMER.test(path);
}

const TRANSFORMER =
  /[\\/](?:@throughline[\\/])?jest[\\/](?:dist[\\/](?:cjs|esm)|src)[\\/]transformer\.[jt]s$/;
