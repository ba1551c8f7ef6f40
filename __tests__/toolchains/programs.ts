import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

interface Place {
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

/** Runs a program to its end and returns what it printed; throws when it failed. */
export async function run(program: string, args: readonly string[], at: Place): Promise<string> {
  const { child, output } = start(program, args, at);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output.all}`);
  }
  return output.stdout;
}

/** A program that answers requests until `end` is called. */
export interface Service {
  readonly url: string;
  end(): Promise<void>;
}

/** Starts a server that is told its port, and waits until it answers. */
export async function serve(
  program: string,
  args: (port: string) => readonly string[],
  at: Place,
): Promise<Service> {
  const port = String(await freePort());
  const { child, output } = start(program, args(port), at);
  const closed = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const service = {
    url,
    end: async (): Promise<void> => {
      // The whole group: servers of this kind have workers.
      if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
      await closed;
    },
  };
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${output.all}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return service;
}

function start(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: Place,
): { child: ChildProcess; output: { stdout: string; all: string } } {
  const inherited = { ...process.env };
  // Jest's own settings are none of the program's.
  for (const name of ['NODE_OPTIONS', 'NODE_ENV', 'JEST_WORKER_ID', 'FORCE_COLOR']) {
    Reflect.deleteProperty(inherited, name);
  }
  const child = spawn(program, args, {
    ...{ cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...inherited, NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', ...env },
  });
  const output = { stdout: '', all: '' };
  child.stdout!.on('data', (text: Buffer) => {
    output.stdout += text.toString();
    output.all += text.toString();
  });
  child.stderr!.on('data', (text: Buffer) => (output.all += text.toString()));
  return { child, output };
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
