import type { ResolvedLedgerOptions } from '@throughline/ledger';

/** The key under which the plugin provides what the tests' realm needs (`inject` of Vitest). */
export const PROVIDED = 'throughline';

/** What the tests' realm needs to know of the project. Plain data. */
export interface Provided extends Pick<ResolvedLedgerOptions, 'leaks' | 'maxPrinted' | 'events'> {
  /** The folder that Vitest was started in. Paths are printed relative to it. */
  readonly cwd: string;
  readonly rootDir: string;
  readonly project: string;
  /** The findings of the baseline, as the ledger writes them. */
  readonly baseline: readonly string[];
  /** The folder of the runtime's files, as it stands in stacks. */
  readonly runtimeDir: string;
  /** The folders of all our packages. */
  readonly ownFolders: readonly string[];
}

/** The key of a file's `meta` that holds its findings, where there is no other channel to the process that reports. */
export const META = 'throughline';

/** What a test file has sent in its `meta`. */
export interface SentFindings {
  readonly reports: unknown[];
  readonly events: unknown[];
}
