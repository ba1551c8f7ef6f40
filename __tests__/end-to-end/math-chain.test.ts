import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { Collector } from '../../collector/src/collector';
import { causalGraph, eventsInOrder } from '../../collector/src/graph/causal-graph';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { Child, ran, root } from '../harness/child';
import { ask, startTestCollector } from '../harness/test-collector';
import { until } from '../harness/until';

const example = join(root, 'examples', 'math-chain', 'dist', 'math-chain.cjs');
const MAX = '9223372036854775807';
const MIN = '-9223372036854775808';

let collector: Collector;
let children: Child[] = [];
beforeAll(async () => {
  collector = await startTestCollector();
});
afterAll(() => collector.close());
afterEach(async () => {
  await Promise.all(children.map((child) => child.end()));
  children = [];
});

const withServer = (...flags: string[]): string[] => [
  ...['--xtrace-server', collector.reportAddress],
  ...flags,
];
const run = (...flags: string[]): ReturnType<typeof ran> => ran([example, ...flags]);

interface Service {
  child: Child;
  /** `:port`, as the paper's flags have it. */
  address: string;
}

/** A service that listens, on a port that was free. */
async function serve(...flags: string[]): Promise<Service> {
  const child = new Child([example, ...withServer('--listen-addr', '127.0.0.1:0', ...flags)]);
  children.push(child);
  const [port] = await child.said(/listening on port (\d+)/);
  return { child, address: `:${port!}` };
}
const calculate = (input: string, { address }: Service): ReturnType<typeof ran> =>
  run(...withServer('--next-server', address, '--in', input));

/** The events of the task that has one with this label, once there are as many. */
async function taskWith(
  label: string,
  count: number,
): Promise<{ id: string; events: TraceEvent[] }> {
  return until(`${count} events with "${label}"`, async () => {
    const { body } = await ask<{ tasks: { taskId: string; title: string; events: number }[] }>(
      ...([collector, '/api/tasks?limit=1000'] as const),
    );
    const task = body.tasks.find(({ title, events }) => title === label && events >= count);
    if (!task) return undefined;
    const one = await ask<{ events: TraceEvent[] }>(collector, `/api/tasks/${task.taskId}`);
    // Clocks of processes differ a little; what came first is what the graph says.
    return { id: task.taskId, events: eventsInOrder(causalGraph(one.body.events)) };
  });
}

describe('the command line is checked, in this order', () => {
  const in3 = ['--in', '3'];
  const next = ['--next-server', ':1'];
  const listen = ['--listen-addr', ':0'];
  const here = ['--xtrace-server', ':1'];
  const SERVER = 'Must provide --xtrace-server';
  const BOTH = 'Cannot provide --in and any of --listen-addr, --add, --sub, --mul, or --div';
  const ONE =
    'Must provide --in or exactly one of --add, --sub, --mul, --div, and also --listen-addr';
  const NEXT = 'Cannot provide --in without --next-server';

  test.each<[string, string[]]>([
    [SERVER, []],
    [SERVER, [...in3, '--add', '1']],
    [BOTH, [...here, ...in3, ...next, '--add', '1']],
    [BOTH, [...here, ...in3, ...next, '--sub', '1']],
    [BOTH, [...here, ...in3, ...next, '--mul', '1']],
    [BOTH, [...here, ...in3, ...next, '--div', '1']],
    [BOTH, [...here, ...in3, ...next, ...listen]],
    // Given is given, whatever the value.
    [BOTH, [...here, '--in', '0', ...next, '--add', '0']],
    [BOTH, [...here, ...in3, ...listen]],
    [ONE, here],
    [ONE, [...here, ...next]],
    [ONE, [...here, ...listen]],
    [ONE, [...here, '--add', '1']],
    [ONE, [...here, ...listen, '--add', '1', '--mul', '2']],
    [ONE, [...here, ...listen, '--add', '0', '--sub', '0']],
    [NEXT, [...here, ...in3]],
    [NEXT, [...here, '--in', '0']],
  ])('%s: %j', async (message, flags) => {
    const { code, stdout, stderr } = await run(...flags);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(message);
    for (const flag of [
      'xtrace-server',
      'next-server',
      'listen-addr',
      'add',
      'sub',
      'mul',
      'div',
      'in',
    ])
      expect(stderr).toMatch(new RegExp(`^ +--${flag} `, 'm'));
  });

  test.each([
    [['--nonsense']],
    [['--help']],
    [['-h']],
    [[...here, ...next, '--in', 'three']],
    [[...here, ...next, '--in', '1.5']],
    [[...here, ...next, '--in', '']],
    [[...here, ...next, '--in', '9223372036854775808']],
    [[...here, ...listen, '--add', '-9223372036854775809']],
    [[...here, ...next, '--in']],
    [[...here, ...next, ...in3, 'left over']],
  ])('%j: the flag library’s code, 2', async (flags) => {
    const { code, stdout, stderr } = await run(...flags);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe('what cannot be reached ends with code 2', () => {
  test.each([
    ['client', ['--next-server', ':1', '--in', '3']],
    ['service', ['--listen-addr', '127.0.0.1:0', '--add', '1']],
  ])('a %s without a collector', async (_, flags) => {
    const { code, stdout, stderr } = await run('--xtrace-server', '127.0.0.1:1', ...flags);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/Cannot reach a collector at 127\.0\.0\.1:1: .*ECONNREFUSED/);
  });

  test('a collector’s address that is none', async () => {
    const { code, stderr } = await run(
      '--xtrace-server',
      'a b',
      '--next-server',
      ':1',
      '--in',
      '3',
    );

    expect(code).toBe(2);
    expect(stderr).toMatch(/"a b".*\(TL_ADDRESS_INVALID\)/);
  });

  test('a client without its next server says so to the collector only', async () => {
    const closed = await closedPort();
    const { code, stdout, stderr } = await run(
      ...withServer('--next-server', `:${closed}`, '--in', '3'),
    );

    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: '' });
    const { events } = await taskWith(`passing --in (3) to :${closed}`, 2);
    expect(events[1]!.label).toMatch(/^error invoking RPC: .*UNAVAILABLE/);
    expect(events[1]!.parentEventIds).toEqual([events[0]!.eventId]);
  });

  test('a service whose port is taken', async () => {
    const server = createServer();
    const port = await listen(server);
    const { code, stdout, stderr } = await run(
      ...withServer('--listen-addr', `127.0.0.1:${port}`, '--add', '1'),
    );
    server.close();

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(String(port));
  });
});

describe('numbers', () => {
  test.each([
    ['--add', '7', '3', '10'],
    ['--add', '-7', '3', '-4'],
    ['--sub', '5', '-3', '-8'],
    ['--sub', '-5', '0', '5'],
    ['--mul', '3', '-10', '-30'],
    ['--div', '3', '10', '3'],
    ['--div', '3', '-10', '-3'],
    ['--add', '0', '0', '0'],
    ['--add', '1', MAX, MIN],
    ['--sub', '1', MIN, MAX],
    ['--mul', '2', MAX, '-2'],
    ['--mul', '-1', MIN, MIN],
    ['--div', '-1', MIN, MIN],
    ['--mul', '3', '3002399751580331', '9007199254740993'],
  ])('%s %s of %s is %s', async (operation, operand, input, result) => {
    const service = await serve(operation, operand);

    expect(await calculate(input, service)).toEqual({
      ...{ code: 0, stdout: `Got value ${result}\n`, stderr: '' },
    });
    const sign = { '--add': '+', '--sub': '-', '--mul': '*', '--div': '/' }[operation]!;
    const { events } = await taskWith(`passing --in (${input}) to ${service.address}`, 3);
    expect(events.map(({ label }) => label).slice(1)).toEqual([
      `applying operation ${sign}${operand} to argument ${input}: ${result}`,
      `returning value ${result}`,
    ]);
  });

  test('a division by zero is the argument’s fault, and the service lives on', async () => {
    const service = await serve('--div', '0');
    const { code, stdout, stderr } = await calculate('3', service);

    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: '' });
    const { events } = await taskWith(`passing --in (3) to ${service.address}`, 2);
    expect(events.at(-1)!.label).toMatch(/^error invoking RPC: 3 INVALID_ARGUMENT: .*zero/i);
    expect(await calculate('4', service)).toMatchObject({ code: 2 });
    expect(service.child.stderr).toBe('');
  });

  test('a division by zero further on keeps its code all the way back', async () => {
    const last = await serve('--div', '0');
    const first = await serve('--add', '1', '--next-server', last.address);
    const { code } = await calculate('3', first);

    expect(code).toBe(2);
    const { events } = await taskWith(`passing --in (3) to ${first.address}`, 4);
    expect(events.at(-1)!.label).toMatch(/^error invoking RPC: 3 INVALID_ARGUMENT: .*zero/i);
    expect(events.at(-1)!.parentEventIds).toEqual([events.at(-2)!.eventId]);
  });
});

describe('the paper’s run', () => {
  test('five events in one chain over three processes, one parent each', async () => {
    const mul = await serve('--mul', '3');
    const add = await serve('--add', '7', '--next-server', mul.address);

    expect(await calculate('3', add)).toEqual({ code: 0, stdout: 'Got value 30\n', stderr: '' });
    const { id, events } = await taskWith(`passing --in (3) to ${add.address}`, 5);
    expect(events.map(({ label }) => label)).toEqual([
      `passing --in (3) to ${add.address}`,
      'applying operation +7 to argument 3: 10',
      `passing to ${mul.address}`,
      'applying operation *3 to argument 10: 30',
      'returning value 30',
    ]);
    events.forEach(({ parentEventIds }, i) => {
      expect(parentEventIds).toEqual(i === 0 ? [] : [events[i - 1]!.eventId]);
    });
    const processes = events.map(({ processId }) => processId);
    expect(processes[1]).toBe(add.child.pid);
    expect(processes[2]).toBe(add.child.pid);
    expect(processes[3]).toBe(mul.child.pid);
    expect(processes[4]).toBe(mul.child.pid);
    expect(new Set(processes).size).toBe(3);
    expect(events[1]!.processName).toMatch(/^math-chain\.cjs --xtrace-server .* --add 7/);

    const { text } = await ask(collector, `/api/tasks/${id}/text`);
    const ids = (name: string): string[] =>
      [...text.matchAll(new RegExp(`^${name}: (\\d+)$`, 'gm'))].map((match) => match[1]!);
    expect(ids('parent_event_id')).toEqual(['0', ...ids('event_id').slice(0, 4)]);
    expect(new Set(ids('task_id'))).toEqual(new Set([BigInt(`0x${id.slice(-16)}`).toString()]));
  });

  test('requests at once through the same services stay apart', async () => {
    const mul = await serve('--mul', '3');
    const add = await serve('--add', '7', '--next-server', mul.address);
    const inputs = ['100', '101', '102', '103'];
    const answers = await Promise.all(inputs.map((input) => calculate(input, add)));

    expect(answers.map(({ stdout }) => stdout)).toEqual(
      inputs.map((input) => `Got value ${(Number(input) + 7) * 3}\n`),
    );
    for (const input of inputs) {
      const { events } = await taskWith(`passing --in (${input}) to ${add.address}`, 5);
      expect(events).toHaveLength(5);
      events.forEach(({ parentEventIds }, i) => {
        expect(parentEventIds).toEqual(i === 0 ? [] : [events[i - 1]!.eventId]);
      });
      expect(events[4]!.label).toBe(`returning value ${(Number(input) + 7) * 3}`);
    }
  });
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
