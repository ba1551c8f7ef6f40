import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until';

export const root = join(__dirname, '..', '..');

interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** What it runs on. */
  readonly node?: string;
  /** True for a group of processes of its own. */
  readonly detached?: boolean;
}

/** A program that runs beside the test, and what it has said. */
export class Child {
  stdout = '';
  stderr = '';
  private ended = false;
  private readonly process: ChildProcess;
  /** Its exit code, and the signal that ended it. */
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(
    args: readonly string[],
    { cwd = root, env = {}, node = process.execPath, detached = false }: ChildOptions = {},
  ) {
    const inherited = { ...process.env };
    // Jest's own settings are none of the program's.
    for (const name of ['NODE_OPTIONS', 'NODE_ENV', 'JEST_WORKER_ID', 'FORCE_COLOR']) {
      Reflect.deleteProperty(inherited, name);
    }
    this.process = spawn(node, args, {
      ...{ cwd, detached, env: { ...inherited, ...env } },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout!.on('data', (text: Buffer) => (this.stdout += text.toString()));
    this.process.stderr!.on('data', (text: Buffer) => (this.stderr += text.toString()));
    this.exit = once(this.process, 'close').then(([code, signal]) => {
      this.ended = true;
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Resolves to the groups of the first match in what it printed. */
  async said(pattern: RegExp, timeoutMs?: number): Promise<string[]> {
    const match = await until(
      `${String(pattern)}; so far: ${this.stdout}${this.stderr}`,
      () => {
        const found = pattern.exec(this.stdout);
        if (!found && this.ended) throw new Error(`it ended: ${this.stdout}${this.stderr}`);
        return found;
      },
      timeoutMs,
    );
    return [...match].slice(1);
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  /** Ends it if it still runs. */
  async end(): Promise<void> {
    if (!this.ended) this.process.kill('SIGKILL');
    await this.exit;
  }
}

/** Runs a program to its end. */
export async function ran(
  args: readonly string[],
  options?: ChildOptions,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = new Child(args, options);
  const { code } = await child.exit;
  return { code, stdout: child.stdout, stderr: child.stderr };
}
