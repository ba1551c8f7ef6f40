import type { Options as PluginOptions } from '@throughline/babel-plugin';
import { ledgerReaders, objectOf, readOptions as read } from '@throughline/ledger';
import type { LedgerOptions, Readers, ResolvedLedgerOptions } from '@throughline/ledger';

/** The options of the preset and its transformer. */
export interface Options extends LedgerOptions {
  /** Options of `@throughline/babel-plugin`, unless the project's Babel configuration lists it. Default: `{}`. */
  plugin?: PluginOptions;
  /** Babel options for `babel-jest`, in addition to the project's Babel configuration. Default: `{}`. */
  babel?: Readonly<Record<string, unknown>>;
}

/** The options after validation, with defaults filled in. */
export interface ResolvedOptions extends ResolvedLedgerOptions {
  readonly plugin: PluginOptions;
  readonly babel: Readonly<Record<string, unknown>>;
}

const readers: Readers<ResolvedOptions> = {
  ...ledgerReaders,
  // The plugin validates its own options.
  plugin: objectOf,
  babel: objectOf,
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
  const entry = config.transform.find(([, path]) => TRANSFORMER.test(path));
  return readOptions(entry?.[2] ?? {});
}

const TRANSFORMER =
  /[\\/](?:@throughline[\\/])?jest[\\/](?:dist[\\/](?:cjs|esm)|src)[\\/]transformer\.[jt]s$/;
