import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readBaseline } from './baseline.js';
import type { Baseline } from './baseline.js';
import { invalidOption, unknownOption } from './errors.js';
import { requireFromJest } from './jest-packages.js';
import { findingKinds, optInKinds } from './ledger/findings.js';
import type { Finding, FindingKind } from './ledger/findings.js';
import { verdicts } from './options.js';
import type { ResolvedOptions, Verdict } from './options.js';

const PRAGMA = 'throughline-leaks';

/** Decides what happens to the findings of one test file. */
export class Policy {
  readonly #baseline: Baseline;

  constructor(
    private readonly leaks: Readonly<Record<FindingKind, Verdict>>,
    baseline: Baseline,
  ) {
    this.#baseline = baseline;
  }

  isWanted(kind: FindingKind): boolean {
    return this.leaks[kind] !== 'off';
  }

  isReported(finding: Finding): boolean {
    return this.isWanted(finding.kind) && !this.#baseline.has(finding);
  }

  isFailing(finding: Finding): boolean {
    return this.leaks[finding.kind] === 'fail';
  }
}

/**
 * Returns the policy of a file: the project's options, overridden by the docblock at the top of the file. Throws
 * `TL_OPTION_INVALID` or `TL_OPTION_UNKNOWN` for a bad docblock, `TL_CONFIG_UNREADABLE` for a bad baseline.
 *
 *   /** @throughline-leaks fail *\/                  everything
 *   /** @throughline-leaks listener=off *\/          one kind
 */
export function policyOf(testPath: string, rootDir: string, options: ResolvedOptions): Policy {
  const { extract, parse } = requireFromJest<Docblock>('jest-docblock');
  const written = parse(extract(readFileSync(testPath, 'utf8')))[PRAGMA];
  const leaks = { ...options.leaks };
  for (const word of [written ?? []]
    .flat()
    .flatMap((text) => text.split(/[\s,]+/))
    .filter(Boolean)) {
    const [kind, verdict] = word.includes('=') ? word.split('=') : [undefined, word];
    if (!verdicts.includes(verdict as Verdict)) {
      throw invalidOption(`@${PRAGMA}`, `"KIND=VERDICT" or one of ${verdicts.join(', ')}`, word);
    }
    if (kind !== undefined && !findingKinds.includes(kind as FindingKind)) {
      throw unknownOption(`@${PRAGMA} ${kind}`, findingKinds);
    }
    const everything = findingKinds.filter((one) => !optInKinds.has(one));
    for (const one of kind === undefined ? everything : [kind as FindingKind]) {
      leaks[one] = verdict as Verdict;
    }
  }
  const { baseline } = options;
  return new Policy(leaks, readBaseline(baseline && resolve(rootDir, baseline)));
}

interface Docblock {
  extract(text: string): string;
  parse(docblock: string): Record<string, string | string[]>;
}
