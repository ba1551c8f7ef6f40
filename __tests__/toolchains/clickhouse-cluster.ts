import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_COLUMNS } from '../../collector/src/clickhouse/columns';
import { lastingPort } from '../harness/collector';
import { until } from '../harness/until';

/** Debian's package clickhouse-server. It is version 18.16, years older than what the collector makes tables on. */
const PROGRAM = '/usr/sbin/clickhouse-server';

/**
 * What so old a server does not understand is not here: summaries of tasks (`SimpleAggregateFunction`, `minMap`, and so
 * lists and searches), texts by number inside of what may be missing, and codecs of columns.
 */
const COLUMNS = Object.entries(EVENT_COLUMNS).map(([name, type]) => {
  const plain = type.replace(/LowCardinality\(([\w()]+)\)/, '$1').replace(/ CODEC.*$/, '');
  return `${name} ${plain}`;
});

/** One server of a cluster, which has a shard. */
export class Shard {
  private server: ChildProcess | undefined;

  constructor(
    private readonly folder: string,
    readonly port: number,
    readonly nativePort: number,
  ) {}

  async start(): Promise<void> {
    const server = spawn(PROGRAM, [`--config-file=${join(this.folder, 'config.xml')}`], {
      cwd: this.folder,
      stdio: 'ignore',
    });
    this.server = server;
    await Promise.race([
      until('the shard', () => this.answers()),
      once(server, 'exit').then(() => Promise.reject(new Error('the shard has ended'))),
    ]);
  }

  /** Ends it without a warning, as a crash does. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  async ask(body: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/`, { method: 'POST', body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  }

  private async answers(): Promise<boolean> {
    try {
      return (await this.ask('SELECT 1')) === '1\n';
    } catch {
      return false;
    }
  }
}

/** Three servers on this machine with a third of the events each, behind a table of all of them. */
export class Cluster {
  private constructor(
    readonly shards: readonly Shard[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-cluster-'));
    const shards: Shard[] = [];
    for (const name of ['one', 'two', 'three']) {
      shards.push(new Shard(join(folder, name), await lastingPort(), await lastingPort()));
      mkdirSync(join(folder, name));
    }
    for (const [i, shard] of shards.entries()) {
      const own = join(folder, ['one', 'two', 'three'][i]!);
      writeFileSync(join(own, 'config.xml'), configOf(own, shard, shards, await lastingPort()));
      writeFileSync(join(own, 'users.xml'), USERS);
    }
    const cluster = new Cluster(shards, folder);
    try {
      await Promise.all(shards.map((shard) => shard.start()));
      await cluster.createTables();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private async createTables(): Promise<void> {
    for (const shard of this.shards) {
      await shard.ask(
        `CREATE TABLE events_of_shard (${COLUMNS.join(', ')}, received DateTime DEFAULT now(), rank UInt64 DEFAULT bitNot(seq))
        ENGINE = ReplacingMergeTree(rank) PARTITION BY toYYYYMMDD(received)
        ORDER BY (task, time, event, upper)`,
      );
      await shard.ask(
        'CREATE TABLE events AS events_of_shard ENGINE = Distributed(throughline, default, events_of_shard, task)',
      );
    }
  }

  async stop(): Promise<void> {
    for (const shard of this.shards) await shard.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configOf(folder: string, own: Shard, all: readonly Shard[], port: number): string {
  const shards = all.map(
    ({ nativePort }) =>
      `<shard><replica><host>127.0.0.1</host><port>${nativePort}</port></replica></shard>`,
  );
  return `<yandex>
    <logger><level>warning</level><log>${folder}/log</log></logger>
    <listen_host>127.0.0.1</listen_host>
    <http_port>${own.port}</http_port><tcp_port>${own.nativePort}</tcp_port>
    <interserver_http_port>${port}</interserver_http_port>
    <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
    <users_config>users.xml</users_config>
    <default_profile>default</default_profile><default_database>default</default_database>
    <mark_cache_size>67108864</mark_cache_size>
    <remote_servers><throughline>${shards.join('')}</throughline></remote_servers>
  </yandex>`;
}

const USERS = `<yandex>
  <profiles><default><max_threads>2</max_threads></default></profiles>
  <quotas><default></default></quotas>
  <users><default>
    <password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota>
  </default></users>
</yandex>`;
