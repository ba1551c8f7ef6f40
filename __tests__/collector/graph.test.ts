import fc from 'fast-check';
import { causalGraph } from '../../collector/src/graph/causal-order';
import { layOut } from '../../collector/src/graph/layout';
import type { Layout } from '../../collector/src/graph/layout';
import { textRecord } from '../../collector/src/graph/records';
import { drawGraph } from '../../collector/src/graph/terminal';
import type { TraceEvent } from '../../collector/src/store/store';
import { event, id } from '../harness/trace-events';

const numbers = (events: readonly TraceEvent[]): number[] =>
  events.map(({ eventId }) => Number.parseInt(eventId, 16));
const order = (...events: TraceEvent[]): number[] => numbers(causalGraph(events).events);
const at = (number: number, timestamp: number, ...parents: number[]): TraceEvent =>
  event(1, number, parents, { timestamp });

describe('causal order', () => {
  test('parents come first, whatever order the events came in', () => {
    expect(order(event(1, 3, [2]), event(1, 1), event(1, 2, [1]))).toEqual([1, 2, 3]);
  });

  test('parents come first when clocks are skewed', () => {
    expect(order(at(1, 500), at(2, 100, 1), at(3, 300, 2))).toEqual([1, 2, 3]);
  });

  test('among events that may come next, the earliest comes first', () => {
    expect(order(at(1, 1), at(2, 2, 1), at(3, 100), at(4, 101, 3))).toEqual([1, 2, 3, 4]);
    expect(order(at(1, 1), at(2, 2, 1), at(3, 50, 1), at(4, 3, 2), at(5, 60, 3, 4))).toEqual([
      1, 2, 4, 3, 5,
    ]);
  });

  test('parents that have not arrived are told, and hold nothing up', () => {
    const graph = causalGraph([event(1, 2, [1, 9]), event(1, 3, [2, 9])]);

    expect(numbers(graph.events)).toEqual([2, 3]);
    expect([...graph.missing].sort()).toEqual([id(1), id(9)]);
    expect(graph.parents(graph.events[0]!)).toEqual([]);
    expect(graph.depth(graph.events[1]!)).toBe(1);
  });

  test('a parent that is named twice is one parent', () => {
    const graph = causalGraph([event(1, 1), event(1, 2, [1, 1])]);

    expect(numbers(graph.parents(graph.events[1]!))).toEqual([1]);
    expect(numbers(graph.children(graph.events[0]!))).toEqual([2]);
  });

  test('a cycle does not hang, and every event is there once', () => {
    const events = [event(1, 1), event(1, 2, [1, 4]), event(1, 3, [2]), event(1, 4, [3])];
    const own = event(1, 5, [5]);

    expect(order(...events, own).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(layOut(causalGraph([...events, own])).nodes).toHaveLength(5);
    expect(drawGraph(causalGraph([...events, own])).join('\n')).toContain('event 4');
    expect(order(event(1, 1, [2]), event(1, 2, [1])).sort()).toEqual([1, 2]);
  });

  test('the given list stays as it was', () => {
    const given = Object.freeze([event(1, 2, [1]), event(1, 1)]);

    expect(numbers(causalGraph(given).events)).toEqual([1, 2]);
    expect(numbers(given)).toEqual([2, 1]);
  });

  test('no events make an empty graph', () => {
    const graph = causalGraph([]);

    expect(graph.events).toEqual([]);
    expect(layOut(graph)).toEqual({ nodes: [], edges: [], lanes: [], columns: 0, rows: 0 });
    expect(drawGraph(graph)).toEqual([]);
  });

  test('depth is the length of the longest chain of causes', () => {
    const graph = causalGraph([event(1, 1), event(1, 2, [1]), event(1, 3, [1, 2])]);

    expect(graph.events.map((one) => graph.depth(one))).toEqual([0, 1, 2]);
  });
});

describe('layout', () => {
  const a = { processName: 'a', processId: 1, host: 'h' };
  const b = { processName: 'b', processId: 2, host: 'h' };
  const place = (layout: Layout, number: number): [column: number, row: number] => {
    const { column, row } = layout.nodes.find((node) => node.event.eventId === id(number))!;
    return [column, row];
  };
  const kinds = (layout: Layout): Record<string, string> =>
    Object.fromEntries(
      layout.edges.map(({ from, to, kind }) => [
        `${Number.parseInt(from.event.eventId, 16)} ${Number.parseInt(to.event.eventId, 16)}`,
        kind,
      ]),
    );

  test('a chain is one column', () => {
    const layout = layOut(
      causalGraph([event(1, 1, [], a), event(1, 2, [1], a), event(1, 3, [2], a)]),
    );

    expect([1, 2, 3].map((number) => place(layout, number))).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
    expect(layout).toMatchObject({ columns: 1, rows: 3 });
    expect(kinds(layout)).toEqual({ '1 2': 'next', '2 3': 'next' });
  });

  test('strands that run beside each other have columns of their own', () => {
    const layout = layOut(
      causalGraph([
        ...[event(1, 1, [], a), event(1, 2, [1], a), event(1, 3, [1], a)],
        event(1, 4, [2, 3], a),
      ]),
    );

    expect(place(layout, 1)).toEqual([0, 0]);
    expect(place(layout, 2)).toEqual([0, 1]);
    expect(place(layout, 3)).toEqual([1, 1]);
    expect(place(layout, 4)).toEqual([0, 2]);
    expect(kinds(layout)).toEqual({ '1 2': 'spawn', '1 3': 'spawn', '2 4': 'join', '3 4': 'join' });
  });

  test('each process has a lane, and what crosses lanes is a message', () => {
    const layout = layOut(
      causalGraph([event(1, 1, [], a), event(1, 2, [1], b), event(1, 3, [1, 2], a)]),
    );

    expect(layout.lanes).toEqual([
      { ...{ key: 'h/1', name: 'a', host: 'h', processId: 1 }, firstColumn: 0, columns: 1 },
      { ...{ key: 'h/2', name: 'b', host: 'h', processId: 2 }, firstColumn: 1, columns: 1 },
    ]);
    expect(place(layout, 2)).toEqual([1, 1]);
    expect(kinds(layout)).toEqual({ '1 2': 'message', '2 3': 'message', '1 3': 'join' });
  });

  test('processes of one number on two hosts are two', () => {
    const layout = layOut(
      causalGraph([event(1, 1, [], a), event(1, 2, [1], { ...a, host: 'other' })]),
    );

    expect(layout.lanes.map(({ key }) => key)).toEqual(['h/1', 'other/1']);
  });

  test('events that say nothing of a process share a lane', () => {
    const layout = layOut(causalGraph([event(1, 1), event(1, 2, [1])]));

    expect(layout.lanes).toMatchObject([{ name: '', processId: undefined, columns: 1 }]);
  });

  test.each<[string, (i: number) => readonly number[]]>([
    ['in a chain', (i) => (i === 0 ? [] : [i])],
    ['of one parent', (i) => (i === 0 ? [] : [1])],
    ['without parents', () => []],
    ['in a thousand chains', (i) => (i < 1000 ? [] : [i - 999])],
  ])(
    '200,000 events %s are laid out in time',
    (_, parents) => {
      const events = Array.from({ length: 200_000 }, (_, i) => event(1, i + 1, parents(i), a));
      const graph = causalGraph(events);
      const layout = layOut(graph);

      expect(layout.nodes).toHaveLength(200_000);
    },
    60_000,
  );

  test('100,000 parents of one event are laid out', () => {
    const roots = Array.from({ length: 100_000 }, (_, i) => event(1, i + 1, [], a));
    const join = event(
      ...([1, 200_000, roots.map((_, i) => i + 1), { ...a, timestamp: 2e15 }] as const),
    );
    const layout = layOut(causalGraph([...roots, join]));

    expect(layout.edges).toHaveLength(100_000);
  }, 60_000);
});

describe('graph in the terminal', () => {
  const server = { processName: 'server', processId: 101 };
  const labelled = (number: number, label: string, ...parents: number[]): TraceEvent =>
    event(1, number, parents, { label, ...server });
  const draw = (...events: TraceEvent[]): string[] => drawGraph(causalGraph(events));

  test('a chain is a line of events', () => {
    expect(draw(labelled(1, 'start'), labelled(2, 'load', 1), labelled(3, 'sum', 2))).toEqual([
      '●  start  server (101)',
      '●  load   server (101)',
      '●  sum    server (101)',
    ]);
  });

  test('a fork leaves its column and a join comes back to it', () => {
    expect(
      draw(
        labelled(1, 'start'),
        labelled(2, 'load cart', 1),
        labelled(3, 'load prices', 1),
        labelled(4, 'sum', 2, 3),
      ),
    ).toEqual([
      '●    start        server (101)',
      '├─╮',
      '● │  load cart    server (101)',
      '│ ●  load prices  server (101)',
      '├─╯',
      '●    sum          server (101)',
    ]);
  });

  test('three strands leave and come back together', () => {
    expect(
      draw(
        ...[labelled(1, 'start'), labelled(2, 'a', 1), labelled(3, 'b', 1), labelled(4, 'c', 1)],
        labelled(5, 'end', 2, 3, 4),
      ),
    ).toEqual([
      '●      start  server (101)',
      '├─┬─╮',
      '● │ │  a      server (101)',
      '│ ● │  b      server (101)',
      '│ │ ●  c      server (101)',
      '├─┴─╯',
      '●      end    server (101)',
    ]);
  });

  test('a strand that passes by is crossed', () => {
    expect(
      draw(
        ...[labelled(1, 'start'), labelled(2, 'a', 1), labelled(3, 'b', 1)],
        ...[labelled(4, 'c', 2), labelled(5, 'd', 2), labelled(6, 'end', 3, 4, 5)],
      ),
    ).toEqual([
      '●      start  server (101)',
      '├─╮',
      '● │    a      server (101)',
      '├─┼─╮',
      '│ ● │  b      server (101)',
      '● │ │  c      server (101)',
      '│ │ ●  d      server (101)',
      '├─┴─╯',
      '●      end    server (101)',
    ]);
  });

  test('several roots begin columns of their own', () => {
    expect(draw(labelled(1, 'one'), labelled(2, 'two'), labelled(3, 'end', 1, 2))).toEqual([
      '●    one  server (101)',
      '│ ●  two  server (101)',
      '├─╯',
      '●    end  server (101)',
    ]);
    expect(draw(labelled(1, 'one'), labelled(2, 'two'))).toEqual([
      '●  one  server (101)',
      '●  two  server (101)',
    ]);
  });

  test('a strand that ends is a column that ends', () => {
    expect(
      draw(labelled(1, 'start'), labelled(2, 'a', 1), labelled(3, 'b', 1), labelled(4, 'c', 2)),
    ).toEqual([
      '●    start  server (101)',
      '├─╮',
      '● │  a      server (101)',
      '│ ●  b      server (101)',
      '●    c      server (101)',
    ]);
  });

  test('events without a process say nothing of one', () => {
    expect(draw(event(1, 1, [], { label: 'only' }))).toEqual(['●  only']);
    expect(draw(event(1, 1, [], { label: 'x', processName: 'p' }))).toEqual(['●  x  p']);
    expect(draw(event(1, 1, [], { label: '' }))).toEqual(['●']);
  });

  const hostile = [
    ...['a\nb', 'a\r\nb', 'a\x1b[2Jb', 'a\x1b]0;title\x07b', 'a\tb', 'a\0b', 'a\x7fb', 'a\x9b2Jb'],
    ...['a\u202eb', 'a\u200bb', 'a\u2028b', 'a\u2029b', 'a\u0085b'],
  ];
  test.each(hostile)('nothing in the label %j moves the cursor', (label) => {
    const lines = draw(event(1, 1, [], { label, processName: label, processId: 1 }));

    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u200b]/u);
    expect(lines[0]).toMatch(/^● {2}a.*b/);
  });

  test.each(hostile)('nothing in a text record’s %j moves the cursor or makes a line', (text) => {
    const record = textRecord(
      event(1, 1, [], {
        ...{ label: text, processName: text, host: text, source: text, agent: text },
        ...{ threadName: text, fields: [['key', text]], tags: [text] },
      }),
    );

    const names = record.split('\n').map((line) => line.slice(0, line.indexOf(':')));
    expect(names.slice(0, 6)).toEqual([
      ...['task_id', 'event_id', 'parent_event_id', 'timestamp', 'process_name', 'label'],
    ]);
    expect(names).toHaveLength(12);
    expect(record).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/u);
  });

  test.each(hostile)(
    'nothing in the name %j of a field makes a line or moves the cursor',
    (name) => {
      const record = textRecord(event(1, 1, [], { fields: [[name, 'value']] }));

      expect(record.split('\n')).toHaveLength(6);
      expect(record).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/u);
    },
  );

  test('a field cannot pass for one of the record’s own', () => {
    const record = textRecord(event(1, 1, [], { fields: [['x: 1\nlabel: "forged"\ny', 'v']] }));

    expect(record.match(/^label: /gm)).toHaveLength(1);
  });

  test('1,000 strands at once are drawn', () => {
    const children = Array.from({ length: 1000 }, (_, i) => event(1, i + 2, [1]));
    const lines = draw(event(1, 1), ...children);

    expect(lines).toHaveLength(1002);
  });
});

describe('random graphs', () => {
  interface Node {
    parents: number[];
    timestamp: number;
    process: number;
  }
  const graphs = fc.array(
    fc.record<Node>({
      parents: fc.uniqueArray(fc.nat(30), { maxLength: 4 }),
      timestamp: fc.nat(50),
      process: fc.nat(2),
    }),
    { maxLength: 30 },
  );
  /** Node i's parents are earlier nodes; ids are i + 1. */
  const eventsOf = (nodes: readonly Node[]): TraceEvent[] =>
    nodes.map(({ parents, timestamp, process }, i) =>
      event(1, i + 1, i === 0 ? [] : [...new Set(parents.map((parent) => (parent % i) + 1))], {
        ...{ timestamp, processId: process, label: `<${i + 1}>` },
      }),
    );
  const isCausal = (events: readonly TraceEvent[]): boolean => {
    const seen = new Set<string>();
    return events.every((one) => {
      seen.add(one.eventId);
      return one.parentEventIds.every((parent) => seen.has(parent));
    });
  };
  const settings = { seed: 5, numRuns: 300 };

  test('every event comes once, after its parents, in the order and in the drawing', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const events = eventsOf(nodes);
        const graph = causalGraph(events);
        const drawn = drawGraph(graph).flatMap((line) => {
          const label = /<(\d+)>/.exec(line);
          return label ? [events[Number(label[1]) - 1]!] : [];
        });

        for (const list of [graph.events, drawn]) {
          expect(list).toHaveLength(events.length);
          expect(new Set(list).size).toBe(events.length);
          expect(isCausal(list)).toBe(true);
        }
      }),
      settings,
    );
  });

  test('among those that may come next, the earliest comes first', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const events = eventsOf(nodes);
        const placed = new Set<string>();
        for (const one of causalGraph(events).events) {
          const ready = events.filter(
            ({ eventId, parentEventIds }) =>
              !placed.has(eventId) && parentEventIds.every((parent) => placed.has(parent)),
          );
          expect(one.timestamp).toBe(Math.min(...ready.map(({ timestamp }) => timestamp)));
          placed.add(one.eventId);
        }
      }),
      settings,
    );
  });

  test('every event has one place of its own, below its parents and in its lane', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const events = eventsOf(nodes);
        const layout = layOut(causalGraph(events));
        const rows = new Map(layout.nodes.map(({ event: { eventId }, row }) => [eventId, row]));

        expect(layout.nodes).toHaveLength(events.length);
        expect(new Set(layout.nodes.map(({ column, row }) => `${column} ${row}`)).size).toBe(
          events.length,
        );
        for (const { event: one, column, row } of layout.nodes) {
          for (const parent of one.parentEventIds) expect(row).toBeGreaterThan(rows.get(parent)!);
          const lane = layout.lanes.find(({ processId }) => processId === one.processId)!;
          expect(column).toBeGreaterThanOrEqual(lane.firstColumn);
          expect(column).toBeLessThan(lane.firstColumn + lane.columns);
          expect(row).toBeLessThan(layout.rows);
        }
        expect(layout.edges).toHaveLength(
          events.reduce((sum, { parentEventIds }) => sum + parentEventIds.length, 0),
        );
        const columns = layout.lanes.reduce((sum, lane) => sum + lane.columns, 0);
        expect(layout.columns).toBe(columns);
      }),
      settings,
    );
  });
});
