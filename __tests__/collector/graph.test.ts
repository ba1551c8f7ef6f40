import fc from 'fast-check';
import { causalGraph, eventsInOrder } from '../../collector/src/graph/causal-graph';
import { textRecord } from '../../collector/src/graph/records';
import { fromColumns, toColumns } from '../../collector/src/graph/task-columns';
import type { TaskColumns } from '../../collector/src/graph/task-columns';
import { TaskModel } from '../../collector/src/graph/task-model';
import { drawGraph } from '../../collector/src/graph/terminal';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { event, id } from '../harness/trace-events';

const numbers = (events: readonly TraceEvent[]): number[] =>
  events.map(({ eventId }) => Number.parseInt(eventId, 16));
const order = (...events: TraceEvent[]): number[] => numbers(eventsInOrder(causalGraph(events)));
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
    const { model, parents, depth, ...graph } = causalGraph([
      event(1, 2, [1, 9]),
      event(1, 3, [2, 9]),
    ]);

    expect(numbers(eventsInOrder({ model, parents, depth, ...graph }))).toEqual([2, 3]);
    expect(model.missing().sort()).toEqual([id(1), id(9)]);
    expect(model.missingOf(1)).toEqual([id(9)]);
    expect([...parents.of(0)]).toEqual([]);
    expect(depth[1]).toBe(1);
  });

  test('a parent that is named twice is one parent', () => {
    const graph = causalGraph([event(1, 1), event(1, 2, [1, 1])]);

    expect([...graph.parents.of(1)]).toEqual([0]);
    expect([...graph.children.of(0)]).toEqual([1]);
  });

  test('a cycle does not hang, and every event is there once', () => {
    const events = [event(1, 1), event(1, 2, [1, 4]), event(1, 3, [2]), event(1, 4, [3])];
    const own = event(1, 5, [5]);

    expect(order(...events, own).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(drawGraph(causalGraph([...events, own])).join('\n')).toContain('event 4');
    expect(order(event(1, 1, [2]), event(1, 2, [1])).sort()).toEqual([1, 2]);
  });

  test('the given list stays as it was', () => {
    const given = Object.freeze([event(1, 2, [1]), event(1, 1)]);

    expect(order(...given)).toEqual([1, 2]);
    expect(numbers(given)).toEqual([2, 1]);
  });

  test('no events make an empty graph', () => {
    const graph = causalGraph([]);

    expect(eventsInOrder(graph)).toEqual([]);
    expect(drawGraph(graph)).toEqual([]);
  });

  test('depth is the length of the longest chain of causes', () => {
    const graph = causalGraph([event(1, 1), event(1, 2, [1]), event(1, 3, [1, 2])]);

    expect([...graph.depth]).toEqual([0, 1, 2]);
  });
});

describe('the model of a task', () => {
  const full: TraceEvent[] = [
    event(1, 1, [], {
      ...{ host: 'h', processId: 7, processName: 'p', threadId: 1, threadName: 't', agent: 'a' },
      ...{ source: 'x.ts:1', tags: ['one', 'two'], hrt: '5', cycles: '-6', tenantClass: 2 },
      fields: [['key', 'value']],
    }),
    event(1, 2, [1], { processName: 'q' }),
    event(1, 3, [2, 1, 99]),
  ];

  test('gives events back as they were', () => {
    const model = TaskModel.of(full);

    expect(full.map((_, i) => model.event(i))).toEqual(full);
  });

  test('gives them back when parents come after their children', () => {
    const model = TaskModel.of([...full].reverse());

    expect(full.map(({ eventId }) => model.event(model.indexOf(eventId)))).toEqual(full);
    expect(model.missing()).toEqual([id(99)]);
  });

  test('has each event once, and grows', () => {
    const model = TaskModel.of(full);
    for (let i = 0; i < 1000; i++) model.add(event(1, (i % 500) + 1, [1]));

    expect(model.size).toBe(500);
    expect(model.event(0)).toEqual(full[0]);
    expect(model.labelOf(499)).toBe('event 500');
  });

  test.each([['the begin first', false] as const, ['the end first', true] as const])(
    'pairs the begin and the end of an operation: %s',
    (_, isReversed) => {
      const begin = event(1, 1, [], {
        fields: [
          ['operation', id(1)],
          ['phase', 'begin'],
        ],
      });
      const end = event(1, 2, [1], {
        fields: [
          ['operation', id(1)],
          ['phase', 'end'],
          ['error.type', 'E'],
        ],
      });
      const other = event(1, 3, [1], {
        fields: [
          ['operation', id(2)],
          ['phase', 'end'],
        ],
      });
      const model = TaskModel.of(isReversed ? [end, other, begin] : [begin, other, end]);
      const [first, last] = [model.indexOf(id(1)), model.indexOf(id(2))];

      expect(model.partner[first]).toBe(last);
      expect(model.partner[last]).toBe(first);
      expect(model.partner[model.indexOf(id(3))]).toBe(-1);
      expect([model.begins(first), model.begins(last)]).toEqual([true, false]);
      expect([model.hasError(first), model.hasError(last)]).toEqual([false, true]);
    },
  );

  test('columns are a quarter of the events as objects, and the same events', () => {
    const many = Array.from({ length: 1000 }, (_, i) =>
      event(1, i + 1, i > 0 ? [i] : [], {
        ...{ processName: 'shop', processId: 12, host: 'alpha', threadName: 'main' },
        ...{ label: `SELECT ${i % 5}`, source: `db.ts:${i % 9}`, fields: [['kind', 'client']] },
      }),
    );
    const columns = JSON.stringify(toColumns(id(1), many));

    expect([...fromColumns(JSON.parse(columns) as TaskColumns)]).toEqual(many);
    expect([...fromColumns(toColumns(id(1), full))]).toEqual(full);
    expect(columns.length).toBeLessThan(JSON.stringify(many).length / 4);
  });
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

        for (const list of [eventsInOrder(graph), drawn]) {
          expect(list).toHaveLength(events.length);
          expect(new Set(list.map(({ eventId }) => eventId)).size).toBe(events.length);
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
        for (const one of eventsInOrder(causalGraph(events))) {
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
});
