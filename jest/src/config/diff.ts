const AROUND = 2;

/** Returns the line diff of one file, with two lines of context around each change. */
export function diff(before: string, after: string, name: string): string {
  const old = before.split('\n');
  const now = after.split('\n');
  const rows = compare(old, now);
  const changed = rows.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const shown = rows.map((_, index) => changed.some((at) => Math.abs(at - index) <= AROUND));
  const lines = rows.flatMap(({ sign, text }, index) => {
    if (shown[index]) return [`${sign} ${text}`.trimEnd()];
    return shown[index - 1] ? ['  ...'] : [];
  });
  return [`--- ${name}`, `+++ ${name}`, ...lines].join('\n');
}

interface Row {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Compares two short files by their longest common subsequence. Takes quadratic time and memory. */
function compare(old: readonly string[], now: readonly string[]): Row[] {
  const common = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(now.length + 1).fill(0),
  );
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i]![j] =
        old[i] === now[j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && old[i] === now[j]) {
      rows.push({ sign: ' ', text: old[i++]! });
      j++;
    } else if (j >= now.length || (i < old.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      rows.push({ sign: '-', text: old[i++]! });
    } else {
      rows.push({ sign: '+', text: now[j++]! });
    }
  }
  return rows;
}
