import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@throughline/runtime/report';
import { root, ran } from '../harness/child';
import { SmallCollector } from '../harness/collector';

/** What a program that logs its operations has done. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: Events;
}

/** Runs programs that import nothing of ours, as `throughline run` does. */
export class Programs {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-operations-')));

  constructor() {
    const packages = join(this.folder, 'node_modules', '@throughline');
    mkdirSync(packages, { recursive: true });
    for (const name of ['runtime', 'babel-plugin']) {
      symlinkSync(join(root, name), join(packages, name));
    }
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a program to its end without us. */
  async runPlain(code: string): Promise<Omit<Finished, 'events'>> {
    writeFileSync(join(this.folder, 'program.js'), code);
    return ran(['program.js'], { cwd: this.folder });
  }

  /** Runs a program to its end, and returns what it has printed and sent. */
  run(code: string, env: Record<string, string> = {}): Promise<Finished> {
    return runTraced(this.folder, 'program.js', code, env);
  }
}

/** Runs a program in a folder that has our packages, and returns what it has printed and sent. */
export async function runTraced(
  folder: string,
  file: string,
  code: string,
  env: Record<string, string> = {},
  node = process.execPath,
): Promise<Finished> {
  writeFileSync(join(folder, file), code);
  const collector = await SmallCollector.start();
  try {
    const imports = ['@throughline/babel-plugin/register', '@throughline/runtime/auto'];
    const finished = await ran([...imports.flatMap((name) => ['--import', name]), file], {
      ...{ cwd: folder, node },
      env: { THROUGHLINE_COLLECTOR: `127.0.0.1:${collector.port}`, ...env },
    });
    return { ...finished, events: new Events(collector.reports) };
  } finally {
    await collector.stop();
  }
}

/** The events of a program, which tests ask by label. */
export class Events {
  constructor(readonly reports: readonly Report[]) {}

  /** Returns a field of an event. */
  static field({ fields = [] }: Report, name: string): string | undefined {
    return fields.find(([key]) => key === name)?.[1];
  }

  /** Returns the event of an operation's phase whose label matches. There must be one. */
  find(phase: 'begin' | 'end', label: RegExp): Report {
    const found = this.all(phase, label);
    if (found.length === 1) return found[0]!;
    const all = this.reports.map((one) => `${Events.field(one, 'phase')} ${one.label}`);
    throw new Error(`${found.length} events for ${phase} ${label} in:\n${all.join('\n')}`);
  }

  all(phase: 'begin' | 'end', label: RegExp): Report[] {
    return this.reports.filter(
      (one) => Events.field(one, 'phase') === phase && label.test(one.label),
    );
  }

  /** Returns the events of the task whose id is a number, as `inTask` of the prelude has it. */
  ofTask(n: number): Events {
    const id = String(n).padStart(16, '0');
    return new Events(this.reports.filter(({ taskId }) => taskId === id));
  }

  /** Returns the labels of an event's parents, with their phases. */
  parentsOf({ parentEventIds }: Report): string[] {
    return parentEventIds
      .map((id) => {
        const parent = this.reports.find(({ eventId }) => eventId === id);
        return parent ? `${Events.field(parent, 'phase') ?? 'event'} ${parent.label}` : 'elsewhere';
      })
      .sort();
  }
}

/** The start of each program: a server of its own, a way to ask it, and the headers of a request for a task of its own. */
export const prelude = `
  import http from 'node:http';
  import { once } from 'node:events';
  const inTask = (n) => ({ traceparent: '00-' + String(n).padStart(32, '0') + '-b7ad6b7169203331-01' });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 2));
  async function serve(handler) {
    const server = http.createServer(handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
    return { stop, url: 'http://127.0.0.1:' + server.address().port };
  }
  const get = (url, options = {}) =>
    new Promise((resolve, reject) => {
      const { hostname, port, pathname } = new URL(url);
      http.get({ host: hostname, port, path: pathname, ...options }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
`;
