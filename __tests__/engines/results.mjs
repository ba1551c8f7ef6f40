// What engines answer: a line of JSON with every case, and one for each that has an outcome
// (suite/harness/construct.ts).

/** Reads an answer. A case without an outcome failed: an engine that hangs or ends has passed nothing. */
export function readAnswer({ lines, remark }) {
  const read = lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const [first, ...outcomes] = read;
  if (first?.cases === undefined) {
    const error = `the engine named no case${remark ? `: ${remark}` : ''}`;
    return { cases: [{ construct: 'the suite', name: 'loads', outcome: 'failed', error }] };
  }
  const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
  const error = `no outcome${remark ? `: ${remark}` : ''}`;
  const cases = first.cases.map(([construct, name], index) => ({
    ...{ construct, name, outcome: 'failed', error },
    ...byIndex.get(index),
  }));
  return { cases };
}

const isSkipped = (outcome) => outcome === 'absent' || outcome === 'known';

/** An engine that was not run, what an engine lacks and what is known to fail are skipped. */
export function totalsOf(results) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { notRun, cases } of results) {
    if (notRun) totals.skipped++;
    for (const { outcome } of cases) totals[isSkipped(outcome) ? 'skipped' : outcome]++;
  }
  return totals;
}

/** Every construct, in the order in which the engines name them. */
export function constructsOf(results) {
  return [...new Set(results.flatMap(({ cases }) => cases.map(({ construct }) => construct)))];
}

/** How one construct fared on one engine. */
export function fared({ notRun, cases }, construct) {
  const own = cases.filter((one) => one.construct === construct);
  const count = (outcome) => own.filter((one) => one.outcome === outcome).length;
  const [passed, failed, known] = [count('passed'), count('failed'), count('known')];
  if (notRun) return { text: 'not run', failed: 0 };
  if (own.length === 0) return { text: '', failed: 0 };
  const all = passed + failed + known;
  if (all === 0) return { text: '-', failed: 0 };
  return { text: passed < all ? `${passed} of ${all}` : String(passed), failed };
}
