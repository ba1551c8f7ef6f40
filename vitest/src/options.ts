import type { AdapterOptions } from '@throughline/babel-plugin/vite';
import { ledgerReaders, objectOf, readOptions as read } from '@throughline/ledger';
import type { LedgerOptions, Readers, ResolvedLedgerOptions } from '@throughline/ledger';

/** The options of the plugin for Vitest. */
export interface Options extends LedgerOptions {
  /** Options of `@throughline/babel-plugin/vite`, such as `include`. Default: `{}`. */
  plugin?: AdapterOptions;
}

/** The options after validation, with defaults filled in. */
export interface ResolvedOptions extends ResolvedLedgerOptions {
  readonly plugin: AdapterOptions;
}

// The adapter validates its own options.
const readers: Readers<ResolvedOptions> = { ...ledgerReaders, plugin: objectOf };

/** Validates options and fills in defaults. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`. */
export function readOptions(written: object): ResolvedOptions {
  return read(readers, written);
}
