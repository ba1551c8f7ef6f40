// Three shards and two collectors under load. One of each is killed: nothing that was acknowledged is lost, or there twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeBatch } from '@throughline/runtime/report';
import { Child, root } from '../harness/child';
import { lastingPort } from '../harness/collector';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';
import { Cluster } from './clickhouse-cluster';

const EVENTS_PER_TASK = 10;
const TASKS_PER_BATCH = 20;

let cluster: Cluster;
let folder: string;
const children: Child[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-cluster-spools-'));
  cluster = await Cluster.start();
});
afterAll(async () => {
  for (const child of children) await child.end();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A collector in a process of its own, in front of the first shard. */
async function startCollector(name: string, webPort: number): Promise<Child> {
  const child = new Child(
    [
      ...[join(root, 'cli', 'bin', 'throughline.js'), 'serve', '--web-port', String(webPort)],
      ...['--report-port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0'],
      ...['--store', `clickhouse://127.0.0.1:${cluster.shards[0]!.port}/default`],
      ...['--spool', join(folder, name)],
    ],
    { node: process.execPath },
  );
  children.push(child);
  await child.said(/Press Ctrl-C/);
  return child;
}

test('a shard and a collector are killed under load: what was acknowledged is there once', async () => {
  const ports = [await lastingPort(), await lastingPort()];
  const collectors = [await startCollector('a', ports[0]!), await startCollector('b', ports[1]!)];
  const acknowledged: number[] = [];
  let nextTask = 1;
  let isOver = false;
  let resent = 0;

  // A sender that is not answered sends the same to the other collector, as one behind a load balancer does.
  const send = async (): Promise<void> => {
    while (!isOver) {
      const from = (nextTask += TASKS_PER_BATCH);
      const tasks = Array.from({ length: TASKS_PER_BATCH }, (_, i) => from + i);
      const body = Buffer.from(
        encodeBatch(
          tasks.flatMap((task) =>
            Array.from({ length: EVENTS_PER_TASK }, (_, i) => event(task, i + 1, i > 0 ? [i] : [])),
          ),
        ),
      );
      for (let port = from % 2; ; port = 1 - port) {
        const answer = await fetch(`http://127.0.0.1:${ports[port]}/api/reports`, {
          ...{ method: 'POST', body, signal: AbortSignal.timeout(10_000) },
        }).catch(() => undefined);
        if (answer?.ok) break;
        resent++;
      }
      acknowledged.push(...tasks);
    }
  };
  const sent = async (more: number): Promise<void> => {
    const goal = acknowledged.length + more;
    await until(`${goal} tasks`, () => acknowledged.length >= goal);
  };
  const senders = Promise.all([send(), send(), send(), send()]);

  await sent(500);
  await cluster.shards[2]!.kill();
  await sent(500);
  collectors[1]!.signal('SIGKILL');
  await sent(500);
  await cluster.shards[2]!.start();
  // With what it has left on disk.
  collectors[1] = await startCollector('b', ports[1]!);
  await sent(500);
  isOver = true;
  await senders;
  await until('nothing waits', async () => {
    const waiting = await Promise.all(
      ports.map(async (port) => {
        const health = await fetch(`http://127.0.0.1:${port}/health`);
        const { reports } = (await health.json()) as { reports: { waiting: number } };
        return reports.waiting;
      }),
    );
    return waiting.every((count) => count === 0);
  });

  expect(resent).toBeGreaterThan(0);
  const counts = await cluster.shards[1]!.ask(
    'SELECT task, uniqExact(event) FROM events GROUP BY task',
  );
  const stored = new Map(
    counts
      .trim()
      .split('\n')
      .map((line) => line.split('\t').map(Number)) as [number, number][],
  );
  const lost = acknowledged.filter((task) => stored.get(task) !== EVENTS_PER_TASK);
  expect(lost).toEqual([]);
  const some = acknowledged.filter((_, i) => i % 100 === 0);
  for (const task of some) {
    const answer = await fetch(`http://127.0.0.1:${ports[0]}/api/tasks/${id(task)}`);
    const { events } = (await answer.json()) as { events: { eventId: string }[] };
    expect(events.map(({ eventId }) => eventId)).toEqual(
      Array.from({ length: EVENTS_PER_TASK }, (_, i) => id(i + 1)),
    );
  }
});
