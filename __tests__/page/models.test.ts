import fc from 'fast-check';
import { align } from '../../collector/page/src/model/alignment';
import { closureOf, pathsBetween } from '../../collector/page/src/model/closure';
import { searchEvents } from '../../collector/page/src/model/event-search';
import { EDGE, layOut, ROUTE } from '../../collector/page/src/model/graph-layout';
import type { GraphLayout } from '../../collector/page/src/model/graph-layout';
import { GROUPS } from '../../collector/page/src/model/groups';
import type { GroupBy } from '../../collector/page/src/model/groups';
import { hiddenBy, parseRules, ruleName, ruleText } from '../../collector/page/src/model/hiding';
import { openTask } from '../../collector/page/src/model/open-task';
import { timelineOf } from '../../collector/page/src/model/timeline';
import { viewGraph } from '../../collector/page/src/model/view-graph';
import type { Folding, ViewGraph } from '../../collector/page/src/model/view-graph';
import { SvgSurface } from '../../collector/page/src/drawing/svg-surface';
import { causalGraph } from '../../collector/src/graph/causal-graph';
import { TaskModel } from '../../collector/src/graph/task-model';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { event, id } from '../harness/trace-events';

const a = { processName: 'a', processId: 1, host: 'h' };
const b = { processName: 'b', processId: 2, host: 'h' };
const lay = (events: readonly TraceEvent[], folding: Folding = {}): GraphLayout =>
  layOut(viewGraph(causalGraph(events), folding));
/** The place of each event, in the order in which they were given. */
const places = ({ column, row, graph }: GraphLayout): [number, number][] =>
  Array.from(graph.nodeOf, (node) => [column[node]!, row[node]!]);
/** The kind of each edge, by the numbers of its events. */
const kinds = (layout: GraphLayout): Record<string, string> => {
  const { graph, kind } = layout;
  const found: Record<string, string> = {};
  for (let node = 0; node < graph.size; node++) {
    for (let at = graph.parents.start[node]!; at < graph.parents.start[node + 1]!; at++) {
      const [from, to] = [graph.parents.to[at]!, node].map((one) => graph.first[one]! + 1);
      found[`${from} ${to}`] = Object.entries(EDGE).find(([, value]) => value === kind[at])![0];
    }
  }
  return found;
};
const operation = (
  number: number,
  phase: 'begin' | 'end',
  more: [string, string][] = [],
): Partial<TraceEvent> => ({
  fields: [['operation', id(number)], ['phase', phase], ...more],
});

describe('layout of the graph', () => {
  test('a chain is one column', () => {
    const layout = lay([event(1, 1, [], a), event(1, 2, [1], a), event(1, 3, [2], a)]);

    expect(places(layout)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
    expect(layout).toMatchObject({ columns: 1, rows: 3 });
    expect(kinds(layout)).toEqual({ '1 2': 'next', '2 3': 'next' });
  });

  test('strands that run beside each other have columns of their own', () => {
    const layout = lay([
      ...[event(1, 1, [], a), event(1, 2, [1], a), event(1, 3, [1], a)],
      event(1, 4, [2, 3], a),
    ]);

    expect(places(layout)).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
      [0, 2],
    ]);
    expect(kinds(layout)).toEqual({ '1 2': 'next', '1 3': 'spawn', '2 4': 'next', '3 4': 'join' });
  });

  test('each process has a lane, and what crosses lanes is a message', () => {
    const layout = lay([event(1, 1, [], a), event(1, 2, [1], b), event(1, 3, [1, 2], a)]);

    expect(layout.lanes).toEqual([
      { process: 0, firstColumn: 0, columns: 1 },
      { process: 1, firstColumn: 1, columns: 1 },
    ]);
    expect(kinds(layout)).toEqual({ '1 2': 'message', '2 3': 'message', '1 3': 'next' });
  });

  test('an operation ends in the column in which it began', () => {
    const layout = lay([
      event(1, 1, [], a),
      event(1, 2, [1], { ...a, ...operation(2, 'begin') }),
      event(1, 3, [1], { ...a, ...operation(3, 'begin') }),
      event(1, 4, [2], { ...a }),
      event(1, 5, [3, 4], { ...a, ...operation(3, 'end') }),
    ]);

    expect(places(layout)[4]![0]).toBe(places(layout)[2]![0]);
    expect(places(layout)[4]![0]).not.toBe(places(layout)[3]![0]);
  });

  test.each<[string, (i: number) => readonly number[]]>([
    ['in a chain', (i) => (i === 0 ? [] : [i])],
    ['of one parent', (i) => (i === 0 ? [] : [1])],
    ['without parents', () => []],
    ['in a thousand chains', (i) => (i < 1000 ? [] : [i - 999])],
  ])(
    '200,000 events %s are laid out, in the graph and in time',
    (_, parents) => {
      const events = Array.from({ length: 200_000 }, (_, i) => event(1, i + 1, parents(i), a));
      const task = openTask(TaskModel.of(events));

      expect(layOut(viewGraph(task.graph)).graph.size).toBe(200_000);
      expect(timelineOf(task).marks).toHaveLength(200_000);
    },
    60_000,
  );

  test('100,000 parents of one event are laid out', () => {
    const roots = Array.from({ length: 100_000 }, (_, i) => event(1, i + 1, [], a));
    const all = roots.map((_, i) => i + 1);
    const layout = lay([...roots, event(1, 200_000, all, { ...a, timestamp: 2e15 })]);

    expect(layout.kind).toHaveLength(100_000);
  }, 60_000);
});

describe('folding', () => {
  test('an operation in which nothing was logged is one node, also inside of a chain', () => {
    const query = (number: number, parent: number): TraceEvent[] => [
      event(1, number, [parent], { ...a, ...operation(number, 'begin') }),
      event(1, number + 1, [number], { ...a, ...operation(number, 'end') }),
    ];
    const events = [event(1, 1, [], a), ...query(2, 1), ...query(4, 3), event(1, 6, [5], a)];
    const side = [event(1, 7, [2], a)];

    expect([...lay(events, { operations: true }).graph.count]).toEqual([1, 2, 2, 1]);
    expect([...lay([...events, ...side], { operations: true }).graph.count]).toEqual([
      ...[1, 1, 1, 2, 1, 1],
    ]);
    const both = { operations: true, chains: { open: new Set<number>() } };
    expect([...lay(events, both).graph.count]).toEqual([1, 4, 1]);
    const first = events
      .slice(0, 3)
      .map((one, i) => (i === 1 ? { ...one, parentEventIds: [] } : one));
    const tail = [3, 4, 5].map((i) => event(1, 10 + i, [i === 3 ? 3 : 9 + i], a));
    expect(lay([...first, ...tail], both).graph.count.reduce((sum, one) => sum + one, 0)).toBe(6);
  });

  const chain = (length: number): TraceEvent[] =>
    Array.from({ length }, (_, i) => event(1, i + 1, i > 0 ? [i] : [], a));

  test('events in a row become one node, but for the first and the last one', () => {
    const { graph } = lay(chain(8), { chains: { open: new Set() } });

    expect([...graph.count]).toEqual([1, 6, 1]);
    expect([...graph.nodeOf]).toEqual([0, 1, 1, 1, 1, 1, 1, 2]);
    expect([graph.first[1], graph.last[1]]).toEqual([1, 6]);
    expect([...graph.depth]).toEqual([0, 1, 2]);
  });

  test('branches that are alike are one, with how many there are', () => {
    const branch = (i: number, label = `job ${i}`): TraceEvent[] => [
      event(1, 10 * i, [1], { ...a, label }),
      event(1, 10 * i + 1, [10 * i], { ...a, label: 'done' }),
    ];
    const ends = [1, 2, 3, 4, 5].map((i) => 10 * i + 1);
    const events = [
      event(1, 1, [], a),
      ...[1, 2, 3, 4].flatMap((i) => branch(i)),
      ...branch(5, 'another'),
      event(1, 99, ends, a),
    ];
    const { graph } = lay(events, { chains: { open: new Set() } });

    // The first one goes on with the strand of the start, so it is not a branch: three are too few.
    expect(graph.size).toBe(events.length);
    expect(Math.max(...graph.alike)).toBe(1);
    const more = [...events.slice(0, -1), ...branch(6), ...branch(7)];
    const folded = lay([...more, event(1, 99, [...ends, 61, 71], a)], {
      chains: { open: new Set() },
    });
    expect([...folded.graph.alike].filter((times) => times > 1)).toEqual([5, 5]);
    const join = folded.graph.nodeOf[more.length]!;
    expect(folded.graph.parents.count(join)).toBe(3);
  });

  test('a chain in branches that are opened can be opened, and closed again', () => {
    const branch = (i: number): TraceEvent[] =>
      Array.from({ length: 6 }, (_, k) =>
        event(1, 10 * i + k, [k === 0 ? 1 : 10 * i + k - 1], { ...a, label: `step ${k}` }),
      );
    const ends = [1, 2, 3, 4, 5, 6].map((i) => 10 * i + 5);
    const events = [
      event(1, 1, [], a),
      ...[1, 2, 3, 4, 5, 6].flatMap(branch),
      event(1, 99, ends, a),
    ];
    const at = (open: number[]): ViewGraph =>
      lay(events, { chains: { open: new Set(open) } }).graph;
    const [first, inner] = [7, 9];
    const closed = at([]);
    const key = closed.foldOf[inner]!;

    // Any event of the branches opens them.
    expect(closed.foldOf[first]).toBe(key);
    expect(closed.foldOf[first + 6]).toBe(key);
    const opened = at([key]);
    expect(opened.size).toBeGreaterThan(closed.size);
    // Then the chain is folded by itself, and its own event opens it.
    const chain = opened.foldOf[inner]!;
    expect(chain).not.toBe(key);
    expect(opened.foldOf[first]).toBe(key);
    expect(at([key, chain]).size).toBeGreaterThan(opened.size);
    expect(at([key, chain]).foldOf[inner]).toBe(chain);
  });

  test('a chain that is opened, a short one, and one with an error stay as they are', () => {
    expect(lay(chain(8), { chains: { open: new Set([1]) } }).graph.size).toBe(8);
    expect(lay(chain(4), { chains: { open: new Set() } }).graph.size).toBe(4);
    const failed = chain(5).map((one, i) =>
      i === 2 ? { ...one, fields: [['error.type', 'E']] as [string, string][] } : one,
    );
    expect(lay(failed, { chains: { open: new Set() } }).graph.size).toBe(5);
  });

  describe('groups', () => {
    const query = (number: number, parents: number[], table: string): TraceEvent[] => [
      event(1, number, parents, {
        ...a,
        label: table,
        source: 'db.ts:7',
        ...operation(number, 'begin'),
      }),
      event(1, number + 1, [number], {
        ...a,
        label: `${table} ended`,
        ...operation(number, 'end'),
      }),
    ];
    /** Three queries side by side, a request to another process, and one more query. */
    const events = [
      event(1, 1, [], { ...a, label: 'start', source: 'cart.ts:1' }),
      ...[...query(10, [1], 'carts'), ...query(20, [1], 'carts'), ...query(30, [1], 'users')],
      event(1, 40, [11, 21, 31], { ...b, label: 'elsewhere', source: 'b.ts:1' }),
      ...query(50, [40], 'carts'),
    ];
    const grouped = (by: GroupBy, open: number[] = [], hidden?: Uint8Array): ViewGraph =>
      lay(events, { operations: true, groups: { by, open: new Set(open) }, hidden }).graph;
    const nodes = ({ size, first, count, alike, parents }: ViewGraph): unknown[] =>
      Array.from({ length: size }, (_, node) => [
        events[first[node]!]!.label,
        ...[count[node], alike[node], [...parents.of(node)]],
      ]);

    test('by process: what happened in one before it went to another, and after that', () => {
      expect(nodes(grouped('process'))).toEqual([
        ['start', 7, 4, []],
        ['elsewhere', 1, 1, [0]],
        ['carts', 2, 1, [1]],
      ]);
    });

    test('by line, with the end of what begins there', () => {
      expect(nodes(grouped('source'))).toEqual([
        ['start', 1, 1, []],
        ['carts', 6, 3, [0]],
        ['elsewhere', 1, 1, [1]],
        ['carts', 2, 1, [2]],
      ]);
    });

    test('by label, without ids and numbers', () => {
      expect(nodes(grouped('label'))).toEqual([
        ['start', 1, 1, []],
        ['carts', 4, 2, [0]],
        ['users', 2, 1, [0]],
        ['elsewhere', 1, 1, [1, 2]],
        ['carts', 2, 1, [3]],
      ]);
    });

    test('one that is opened shows its operations; what is hidden is in none', () => {
      expect(nodes(grouped('label', [1])).map((node) => (node as unknown[])[1])).toEqual([
        ...[1, 2, 2, 2, 1, 2],
      ]);
      const hidden = Uint8Array.from(events, ({ processName }) => (processName === 'b' ? 1 : 0));
      expect(nodes(grouped('process', [], hidden))).toEqual([['start', 9, 5, []]]);
    });

    test('a group with an error has failed', () => {
      const failed = { ...events[4]!, fields: [...events[4]!.fields!, ['error.type', 'E']] };
      const all = events.with(4, failed as TraceEvent);
      const { graph } = lay(all, { groups: { by: 'label', open: new Set() } });

      expect([...graph.failed]).toEqual([0, 1, 0, 0, 0]);
    });
  });

  test('what is hidden is linked past, and is back when the rule is gone', () => {
    const events = [
      event(1, 1, [], { ...a, label: 'start' }),
      event(1, 2, [1], { ...a, label: 'noise' }),
      event(1, 3, [2], { ...a, label: 'noise' }),
      event(1, 4, [3, 1], { ...a, label: 'end' }),
    ];
    const graph = causalGraph(events);
    const rules = [{ what: 'label', value: 'noise' }] as const;
    const hidden = hiddenBy(graph, rules);
    const folded = viewGraph(graph, { hidden });

    expect([...folded.nodeOf]).toEqual([0, -1, -1, 1]);
    expect([...folded.parents.of(1)]).toEqual([0]);
    expect(parseRules(ruleText(rules))).toEqual(rules);
    expect(hiddenBy(graph, [])).toBeUndefined();
    const unrelated = { what: 'unrelated', value: id(2) } as const;
    const side = causalGraph([...events, event(1, 5, [1], { ...a, label: 'side' })]);
    expect([...hiddenBy(side, [unrelated])!]).toEqual([0, 0, 0, 0, 1]);
    expect(ruleName(side.model, unrelated)).toBe('not related to noise');
    expect(hiddenBy(side, [{ what: 'unrelated', value: id(9) }])).toEqual(new Uint8Array(5));
    expect(parseRules('{"no": "rules"}')).toEqual([]);
    expect(parseRules('[["label"],["other","x"],5,["process","p"]]')).toEqual([
      { what: 'process', value: 'p' },
    ]);
  });
});

test('causes and effects at any distance, and paths between two events', () => {
  const graph = causalGraph([
    ...[event(1, 1), event(1, 2, [1]), event(1, 3, [1]), event(1, 4, [2]), event(1, 5, [3, 4])],
    ...[event(1, 6), event(1, 7, [6])],
  ]);

  expect([...closureOf(graph, [1])]).toEqual([1, 1, 0, 1, 1, 0, 0]);
  expect([...pathsBetween(graph, 0, 4)]).toEqual([1, 1, 1, 1, 1, 0, 0]);
  expect([...pathsBetween(graph, 4, 1)]).toEqual([0, 1, 0, 1, 1, 0, 0]);
  expect([...pathsBetween(graph, 0, 6)]).toEqual([1, 0, 0, 0, 0, 0, 1]);
});

test.each([
  ['SELECT', [0, 1]],
  ['select carts', [0]],
  ['"select carts"', [0]],
  ['-select', [2]],
  ['error', [1]],
  ['label=begin', [2]],
  ['label!=begin', [0, 1]],
  ['process=b', [2]],
  ['source~db', [0]],
  ['rows>10', [1]],
  ['rows<=3', [0]],
  ['rows=3 SELECT', [0]],
  ['tag=slow', [2]],
  ['tag=x', [2]],
  ['tag!=slow', [0, 1]],
  ['constructor=x', []],
  ['__proto__=x', []],
  ['nothing=here', []],
])('search for %s', (text, expected) => {
  const model = TaskModel.of([
    event(1, 1, [], { ...a, label: 'SELECT carts', source: 'db.ts:1', fields: [['rows', '3']] }),
    event(1, 2, [1], {
      ...{ ...a, label: 'SELECT items' },
      fields: [
        ['rows', '20'],
        ['error.type', 'Timeout'],
      ],
    }),
    event(1, 3, [2], { ...b, label: 'begin', tags: ['slow', 'x'] }),
  ]);
  const found = searchEvents(model, text)!;

  expect([0, 1, 2].filter((i) => found[i])).toEqual(expected);
  expect(searchEvents(model, '  ')).toBeUndefined();
});

describe('timeline', () => {
  const at = (
    ms: number,
    number: number,
    parents: number[],
    more: Partial<TraceEvent>,
  ): TraceEvent => event(1, number, parents, { timestamp: 1e15 + ms * 1000, ...more });
  const timeline = timelineOf(
    openTask(
      TaskModel.of([
        at(0, 1, [], { ...a, ...operation(1, 'begin') }),
        at(1, 2, [1], { ...a, ...operation(2, 'begin') }),
        at(2, 3, [1], { ...a, ...operation(3, 'begin') }),
        at(5, 4, [3], { ...b }),
        at(10, 5, [2], { ...a, ...operation(2, 'end') }),
        at(20, 6, [5, 3], { ...a, ...operation(1, 'end') }),
      ]),
    ),
  );

  test('operations are bars, inside one another in their strand, and open ones last until now', () => {
    expect(
      timeline.bars.map(({ event: one, from, to, level, isOpen }) => [
        one,
        from,
        to,
        level,
        isOpen,
      ]),
    ).toEqual([
      [0, 0, 20_000, 0, false],
      [1, 1000, 10_000, 1, false],
      [2, 2000, 20_000, 0, true],
    ]);
    expect([...timeline.marks]).toEqual([3]);
    expect(timeline.groups).toEqual([
      { process: 0, firstRow: 0, rows: 2 },
      { process: 1, firstRow: 2, rows: 1 },
    ]);
  });

  test('what ends late takes one level, and those after it use the others again', () => {
    const inTurn = Array.from({ length: 12 }, (_, i) => [
      at(10 + i * 10, 10 + i * 2, [i === 0 ? 3 : 9 + i * 2], {
        ...a,
        ...operation(10 + i * 2, 'begin'),
      }),
      at(15 + i * 10, 11 + i * 2, [10 + i * 2], { ...a, ...operation(10 + i * 2, 'end') }),
    ]);
    const { bars, rows } = timelineOf(
      openTask(
        TaskModel.of([
          at(0, 1, [], { ...a, ...operation(1, 'begin') }),
          at(1, 2, [1], { ...a, ...operation(2, 'begin') }),
          at(5, 3, [2], { ...a, ...operation(1, 'end') }),
          ...inTurn.flat(),
          at(900, 99, [33], { ...a, ...operation(2, 'end') }),
        ]),
      ),
    );
    expect([rows, ...bars.map(({ level }) => level)]).toEqual([1, 0, 1, ...inTurn.map(() => 0)]);
  });

  test('it counts what ran at once, without the operation that is all of the task', () => {
    const { at: times, running } = timeline.parallel;

    expect([...times].map((time, i) => [time / 1000, running[i]])).toEqual([
      [1, 1],
      [2, 2],
      [10, 1],
      [20, 0],
    ]);
  });
});

test('two tasks are aligned by what their events are, and one more leaves the others where they were', () => {
  const task = (labels: readonly (readonly [string, number[]])[]) =>
    openTask(
      TaskModel.of(labels.map(([label, parents], i) => event(1, i + 1, parents, { label }))),
    );
  const { first, second } = align(
    task([
      ['GET /carts/7', []],
      ['SELECT 1', [1]],
      ['SELECT 2', [1]],
      ['old', [1]],
    ]),
    task([
      ['GET /carts/8', []],
      ['new', [1]],
      ['SELECT 9', [1]],
      ['SELECT 8', [2]],
    ]),
  );

  expect([...first]).toEqual([0, 2, 3, -1]);
  expect([...second]).toEqual([0, -1, 1, 2]);
});

test('a picture in SVG has text as text, and nothing that XML does not have', () => {
  const surface = new SvgSurface(100, 50, '#fff');
  surface.text('<script>alert("&")</script>\0\ud800', 1, 2, 1000, { color: '#000', size: 12 });
  surface.fill('#123', (pen) => pen.rect(1, 2, 3, 4));
  surface.stroke({ color: '#456', width: 2, dash: [1, 2] }, (pen) => {
    pen.moveTo(0, 0);
    pen.lineTo(9.123, 8);
  });
  surface.stroke({ color: '#456', width: 2 }, () => {});

  expect(surface.document()).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50" font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#fff"/>' +
      '<text x="1" y="2" fill="#000" font-size="12">&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;</text>' +
      '<path fill="#123" d="M1 2h3v4h-3Z"/>' +
      '<path fill="none" stroke="#456" stroke-width="2" stroke-dasharray="1 2" d="M0 0L9.1 8"/></svg>\n',
  );
});

describe('random graphs', () => {
  interface Node {
    parents: number[];
    process: number;
    kind: number;
    phase: 'begin' | 'end' | undefined;
    operation: number;
  }
  const graphs = fc.array(
    fc.record<Node>({
      parents: fc.uniqueArray(fc.nat(40), { maxLength: 4 }),
      process: fc.nat(2),
      kind: fc.nat(3),
      phase: fc.constantFrom('begin', 'end', undefined),
      operation: fc.nat(40),
    }),
    { minLength: 1, maxLength: 40 },
  );
  /** Node i's parents are earlier nodes; ids are i + 1, and later events have later times. */
  const eventsOf = (nodes: readonly Node[]): TraceEvent[] =>
    nodes.map(({ parents, process, kind, phase, operation: of }, i) =>
      event(1, i + 1, i === 0 ? [] : [...new Set(parents.map((parent) => (parent % i) + 1))], {
        ...{ processId: process, label: `step ${kind}`, source: `step.ts:${kind}` },
        ...(phase && operation(phase === 'begin' ? i + 1 : (of % (i + 1)) + 1, phase)),
      }),
    );
  const settings = { seed: 5, numRuns: 300 };
  const foldings: Folding[] = [
    ...[{}, { operations: true }, { chains: { open: new Set<number>() } }],
    { operations: true, chains: { open: new Set<number>() } },
    ...GROUPS.flatMap((by) => [
      { operations: true, groups: { by, open: new Set<number>() } },
      { groups: { by, open: new Set([0, 1, 2, 5]) } },
    ]),
  ];

  test('nodes do not overlap, are in their lanes, and below their parents', () => {
    fc.assert(
      fc.property(graphs, fc.constantFrom(...foldings), (nodes, folding) => {
        const { graph, column, row, lanes, columns, rows } = lay(eventsOf(nodes), folding);
        const taken = new Set<string>();
        for (let node = 0; node < graph.size; node++) {
          taken.add(`${column[node]} ${row[node]}`);
          const lane = lanes.find(({ process }) => process === graph.process[node])!;
          expect(column[node]).toBeGreaterThanOrEqual(lane.firstColumn);
          expect(column[node]).toBeLessThan(lane.firstColumn + lane.columns);
          expect(row[node]).toBeLessThan(rows);
          for (const parent of graph.parents.of(node)) {
            expect(row[node]).toBeGreaterThan(row[parent]!);
          }
        }
        expect(taken.size).toBe(graph.size);
        expect(lanes.reduce((sum, lane) => sum + lane.columns, 0)).toBe(columns);
      }),
      settings,
    );
  });

  test('no edge that has a free way runs through another event', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { graph, column, row, route } = lay(eventsOf(nodes));
        const inColumn = (of: number, from: number, to: number): number[] =>
          [...Array(graph.size).keys()].filter(
            (node) => column[node] === of && row[node]! > from && row[node]! < to,
          );
        for (let node = 0; node < graph.size; node++) {
          for (let at = graph.parents.start[node]!; at < graph.parents.start[node + 1]!; at++) {
            const parent = graph.parents.to[at]!;
            if (route[at] === ROUTE.cross) continue;
            const way = route[at] === ROUTE.early ? column[node]! : column[parent]!;
            expect(inColumn(way, row[parent]!, row[node]!)).toEqual([]);
          }
        }
      }),
      settings,
    );
  });

  test('effects that arrive later leave rows and strands as they are', () => {
    fc.assert(
      fc.property(graphs, fc.nat(40), (nodes, cut) => {
        const events = eventsOf(nodes);
        const before = viewGraph(causalGraph(events.slice(0, 1 + (cut % events.length))));
        const after = viewGraph(causalGraph(events));

        expect([...after.depth.slice(0, before.size)]).toEqual([...before.depth]);
        expect([...after.strands.of.slice(0, before.size)]).toEqual([...before.strands.of]);
      }),
      settings,
    );
  });

  test('bars of one row and level do not overlap, and every event has a row of its process', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const task = openTask(TaskModel.of(eventsOf(nodes)));
        const { bars, row, groups } = timelineOf(task);
        const { model } = task.graph;
        for (let i = 0; i < model.size; i++) {
          const group = groups.find(({ process }) => process === model.process[i])!;
          expect(row[i]).toBeGreaterThanOrEqual(group.firstRow);
          expect(row[i]).toBeLessThan(group.firstRow + group.rows);
        }
        for (const [i, one] of bars.entries()) {
          for (const other of bars.slice(i + 1)) {
            const isBeside = row[one.event] !== row[other.event] || one.level !== other.level;
            expect(isBeside || one.to <= other.from || other.to <= one.from).toBe(true);
          }
        }
      }),
      settings,
    );
  });
});
