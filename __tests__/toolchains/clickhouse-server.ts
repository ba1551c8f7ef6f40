import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lastingPort } from '../harness/collector';
import { Project } from './project';

/** A current ClickHouse for one test file. */
export interface ClickHouse {
  /** `clickhouse://127.0.0.1:port`. */
  readonly location: string;
  /** Runs a statement. */
  command(statement: string): Promise<string>;
  /** Ends the process without a warning, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again, with what it had, on the same port. */
  restart(): Promise<ClickHouse>;
  stop(): Promise<void>;
}

/** The npm package chdb, which is ClickHouse's engine. It takes 550 MB. */
export async function startClickHouse(): Promise<ClickHouse> {
  const front = 'clickhouse-front.mjs';
  const project = (await Project.with(['chdb@3.4.0'])).write({
    [front]: readFileSync(join(__dirname, front), 'utf8'),
  });
  const folder = mkdtempSync(join(tmpdir(), 'throughline-clickhouse-'));
  return start(join(project.folder, front), folder, String(await lastingPort()));
}

async function start(program: string, folder: string, port: string): Promise<ClickHouse> {
  const child = spawn(process.execPath, [program, folder, port], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The engine runs each query in one of them.
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => Promise.reject(new Error('ClickHouse has ended'))),
  ])) as [string];
  const taken = line.replace('port ', '');
  const host = `127.0.0.1:${taken}`;
  return {
    location: `clickhouse://${host}`,
    async command(body) {
      const answer = await fetch(`http://${host}/`, { method: 'POST', body });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    restart: () => start(program, folder, taken),
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
