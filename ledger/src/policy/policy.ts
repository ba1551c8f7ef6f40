import { invalidOption, unknownOption } from '../errors.js';
import { findingKinds, optInKinds } from '../findings.js';
import type { Finding, FindingKind } from '../findings.js';
import { verdicts } from './options.js';
import type { ResolvedLedgerOptions, Verdict } from './options.js';

/** Known findings. They are not reported, so that new ones stand out. */
export interface Baseline {
  has(finding: Finding): boolean;
}

/** Returns a baseline with these rows (`rowOf`). */
export function baselineOf(rows: readonly string[]): Baseline {
  const known = new Set(rows);
  return { has: (finding) => known.has(rowOf(finding)) };
}

/** Returns the row of a finding: its kind, test and file, because lines move. */
export function rowOf({ kind, what, owner, position }: Finding): string {
  return [kind, what, position?.file ?? owner.position?.file ?? '', owner.fullName].join(' | ');
}

/** Decides what happens to the findings of one test file. */
export class Policy {
  constructor(
    private readonly leaks: Readonly<Record<FindingKind, Verdict>>,
    private readonly baseline: Baseline,
    /** The number of causes that are printed for the file. */
    readonly maxPrinted: number,
  ) {}

  isWanted(kind: FindingKind): boolean {
    return this.leaks[kind] !== 'off';
  }

  isReported(finding: Finding): boolean {
    return this.isWanted(finding.kind) && !this.baseline.has(finding);
  }

  isFailing(finding: Finding): boolean {
    return this.leaks[finding.kind] === 'fail';
  }
}

const PRAGMA = 'throughline-leaks';

/**
 * Returns the policy of a file: the project's options, overridden by the comments at the top of its text. Throws
 * `TL_OPTION_INVALID` or `TL_OPTION_UNKNOWN` for a bad comment.
 *
 *   /** @throughline-leaks fail *\/                  everything
 *   /** @throughline-leaks listener=off *\/          one kind
 */
export function policyOf(
  text: string,
  options: Pick<ResolvedLedgerOptions, 'leaks' | 'maxPrinted'>,
  baseline: Baseline,
): Policy {
  const leaks = { ...options.leaks };
  for (const word of wordsAtTop(text)) {
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
  return new Policy(leaks, baseline, options.maxPrinted);
}

const COMMENTS_AT_TOP = /^(?:#!.*)?(?:\s*(?:\/\/.*|\/\*[^]*?\*\/))*/;

/** Returns the words behind the pragma in the comments that a text begins with. */
function wordsAtTop(text: string): string[] {
  const [comments] = COMMENTS_AT_TOP.exec(text) ?? [''];
  const lines = comments.matchAll(new RegExp(`@${PRAGMA}[ \\t]+([^\\n]*)`, 'g'));
  return [...lines].flatMap(([, words]) =>
    words!
      .replace(/\*\/.*/, '')
      .split(/[\s,]+/)
      .filter(Boolean),
  );
}
