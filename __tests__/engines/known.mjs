// What fails on an engine for a reason that is known and stays: reported as such, never as passed.

const reasons = [
  {
    engine: 'hermes',
    constructs: ['generators: creation', 'async generators: creation'],
    reason:
      'lowered to ES5, a generator evaluates its parameters at the first next(), and cannot tell where it was made',
  },
];

/** Marks the failures of an engine that are known. */
export function markKnown(engine, cases) {
  return cases.map((one) => {
    const known = reasons.find(
      ({ engine: name, constructs }) => name === engine && constructs.includes(one.construct),
    );
    return known && one.outcome === 'failed'
      ? { ...one, outcome: 'known', error: known.reason }
      : one;
  });
}
