import fc from 'fast-check';
import { latestOf, Position } from '../../runtime/src/xtrace/position';

/** A random causal graph: for each event, the indexes of its parents. */
const graphs = fc
  .array(fc.array(fc.nat({ max: 1000 }), { maxLength: 4 }), { minLength: 1, maxLength: 40 })
  .map((rows) => rows.map((row, i) => [...new Set(i === 0 ? [] : row.map((n) => n % i))]));

/** For each event everything that came before it, itself included. */
function ancestors(graph: readonly (readonly number[])[]): Set<number>[] {
  const before: Set<number>[] = [];
  graph.forEach((parents, i) => {
    before.push(new Set([i, ...parents.flatMap((parent) => [...before[parent]!])]));
  });
  return before;
}

function positions(graph: readonly (readonly number[])[]): Position[] {
  const made: Position[] = [];
  graph.forEach((parents, i) => {
    made.push(
      Position.after(
        `e${i}`,
        parents.map((parent) => made[parent]!),
      ),
    );
  });
  return made;
}

test('an event covers exactly those that came before it', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const before = ancestors(graph);
      const made = positions(graph);
      made.forEach((event, i) => {
        made.forEach((other, j) => expect(event.covers(other)).toBe(before[i]!.has(j)));
      });
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('the latest of two sets are those that no other one covers', () => {
  const sets = fc.tuple(graphs, fc.array(fc.nat()), fc.array(fc.nat()));
  fc.assert(
    fc.property(sets, ([graph, a, b]) => {
      const before = ancestors(graph);
      const made = positions(graph);
      const latest = (of: readonly number[]): number[] => {
        const all = [...new Set(of)];
        return all.filter((i) => !all.some((j) => j !== i && before[j]!.has(i)));
      };
      const mine = latest(a.map((n) => n % graph.length));
      const theirs = latest(b.map((n) => n % graph.length));
      const found = latestOf(
        mine.map((i) => made[i]!),
        theirs.map((i) => made[i]!),
      );

      const ids = found.map(({ id }) => id).sort();
      expect(ids).toEqual(
        latest([...mine, ...theirs])
          .map((i) => `e${i}`)
          .sort(),
      );
    }),
    { seed: 4, numRuns: 300 },
  );
});

test('a set that nothing is added to stays the same object', () => {
  const first = Position.after('a', []);
  const second = Position.after('b', [first]);
  const mine = [second];

  expect(latestOf(mine, [first])).toBe(mine);
  expect(latestOf(mine, mine)).toBe(mine);
  expect(latestOf(mine, [])).toBe(mine);
  expect(latestOf([first], mine)).toBe(mine);
});

test('one event that came over two ways is kept once', () => {
  const here = Position.elsewhere('a', []);
  const there = Position.elsewhere('a', []);

  expect(latestOf([here], [there])).toHaveLength(1);
});

test('an event of another process covers what is known to come before it', () => {
  const sent = Position.after('sent', []);
  const answer = Position.elsewhere('answer', [sent]);

  expect(answer.covers(sent)).toBe(true);
  expect(sent.covers(answer)).toBe(false);
  expect(Position.after('next', [answer]).covers(sent)).toBe(true);
});

test('what is forgotten never makes an event cover one that did not come before', () => {
  const roots = Array.from({ length: 200 }, (_, i) => Position.after(`root ${i}`, []));
  const some = Position.after('some', roots.slice(0, 150));

  expect(some.covers(roots[149]!)).toBe(true);
  for (const root of roots.slice(150)) expect(some.covers(root)).toBe(false);
});
