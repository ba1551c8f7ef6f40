import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../harness/collector';
import { until } from '../harness/until';

/** A server of a database, for one test file. */
export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** A user to run a server as, because it refuses to run as root. */
interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Debian's package redis-server. */
export function startRedis(): Promise<Server> {
  return start((folder, port) => ({
    command: 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ...['--save', '', '--appendonly', 'no'],
    ],
  }));
}

/** Debian's package rabbitmq-server. */
export async function startRabbit(): Promise<Server> {
  const user = userOf('rabbitmq');
  const clusterPort = await freePort();
  // The server would start this by itself, and leave it running.
  const names = await start((_, port) => ({
    command: 'epmd',
    args: ['-port', String(port), '-address', '127.0.0.1'],
  }));
  const server = await start((folder, port) => {
    return {
      command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
      args: [],
      user,
      env: {
        HOME: folder,
        // Any name that no other server of this machine has.
        RABBITMQ_NODENAME: `throughline${port}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(clusterPort),
        RABBITMQ_MNESIA_BASE: folder,
        RABBITMQ_LOG_BASE: folder,
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
        ERL_EPMD_ADDRESS: '127.0.0.1',
        ERL_EPMD_PORT: String(names.port),
      },
    };
  }, user);
  return {
    port: server.port,
    async stop() {
      await server.stop();
      await names.stop();
    },
  };
}

/** Debian's package postgresql. */
export function startPostgres(): Promise<Server> {
  const programs = '/usr/lib/postgresql';
  const [version] = existsSync(programs) ? readdirSync(programs) : [];
  const program = (name: string): string => join(programs, version ?? '', 'bin', name);
  const user = userOf('postgres');
  return start((folder, port) => {
    const data = join(folder, 'data');
    execFileSync(program('initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres'], {
      ...user,
      stdio: 'ignore',
    });
    return {
      command: program('postgres'),
      args: ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
      user,
    };
  }, user);
}

/** Debian's package mariadb-server. */
export function startMysql(): Promise<Server> {
  return start((folder, port) => {
    const data = join(folder, 'data');
    const user = userInfo().username;
    execFileSync(
      'mariadb-install-db',
      [`--datadir=${data}`, '--auth-root-authentication-method=normal', `--user=${user}`],
      { stdio: 'ignore' },
    );
    return {
      command: 'mariadbd',
      args: [
        ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1'],
        ...[`--socket=${join(folder, 'socket')}`, `--user=${user}`],
      ],
    };
  });
}

/** Debian's package kcat: its library, librdkafka, has a broker in it, which chooses its port. */
export function startKafka(): Promise<Server> {
  return startBroker({
    command: 'kcat',
    args: ['-C', '-b', 'none', '-t', 'none', '-X', 'test.mock.num.brokers=1', '-d', 'mock'],
  });
}

const BROKER = `
  const { Producer } = require('@confluentinc/kafka-javascript');
  const settings = { 'test.mock.num.brokers': 1, debug: 'mock', log_level: 7, event_cb: true };
  const producer = new Producer(settings).on('event.log', ({ message }) => console.error(message));
  producer.connect({}, (failed) => failed && console.error(failed));
`;

/** The broker of a newer librdkafka, which knows the requests of newer clients: that of the package in a folder. */
export function startConfluentKafka(cwd: string, node: string): Promise<Server> {
  return startBroker({ command: node, args: ['-e', BROKER], cwd });
}

async function startBroker({
  command,
  args,
  cwd,
}: Pick<Command, 'command' | 'args'> & { readonly cwd?: string }): Promise<Server> {
  const server = spawn(command, args, { ...(cwd && { cwd }), stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  let told = '';
  server.stderr.on('data', (chunk: Buffer) => {
    if (told.length < 10_000) told += String(chunk);
  });
  const portIn = (): string | undefined => /bootstrap\.servers=127\.0\.0\.1:(\d+)/.exec(told)?.[1];
  await Promise.race([
    until(command, () => portIn() !== undefined),
    ended.then(() => Promise.reject(new Error(`${command} has ended: ${told}`))),
  ]);
  return {
    port: Number(portIn()),
    async stop() {
      server.kill();
      await ended;
    },
  };
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly user?: User | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a server in a folder of its own, and waits until it answers. */
async function start(
  prepare: (folder: string, port: number) => Command,
  owner?: User,
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-server-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const port = await freePort();
  const { command, args, user, env } = prepare(folder, port);
  const server = spawn(command, args, {
    ...user,
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  await Promise.race([
    until(command, () => answers(port)),
    once(server, 'exit').then(() => Promise.reject(new Error(`${command} has ended`))),
  ]);
  return {
    port,
    async stop() {
      server.kill();
      await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns a user to run as, if this process runs as root. */
function userOf(name: string): User | undefined {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
