import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CliError } from '../errors.js';
import { collectorUrl, tokenHeader } from '../sources/collector-url.js';
import { ask, parsed } from '../sources/request.js';

/** A collector that programs can report to. */
export interface RunningCollector {
  /** URL of its page. */
  readonly url: string;
  /** Where it takes reports: what `connect()` takes. */
  readonly reportAddress: string;
  /** Its database file; nothing if it is in memory, or an older version. */
  readonly file: string | undefined;
  /** True if it was started for this program. */
  readonly isNew: boolean;
}

/** Milliseconds within which a collector that runs must answer. */
const ANSWERS_WITHIN = 5000;
/** Node's errors of an address at which nobody listens. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE']);

/** Milliseconds within which a collector that was started must answer. */
const STARTS_WITHIN = 10_000;

/**
 * Returns the collector with the current settings. Starts one if none is there: a process of its own, which goes on after
 * the program has ended, so that its tasks can be looked at.
 *
 * Throws `TL_COLLECTOR_UNREACHABLE` if another program has its port, or if it does not start.
 */
export async function findOrStartCollector(): Promise<RunningCollector> {
  const url = collectorUrl();
  const known = await healthOf(url);
  if (known !== undefined) return { url, ...known, isNew: false };

  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  // Its output is of no use to anybody, and a closed pipe would end it.
  const child = spawn(process.execPath, [main, 'serve'], {
    ...{ detached: true, stdio: 'ignore', windowsHide: true },
    // It is no part of the program, and must not be instrumented.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.unref();
  const until = Date.now() + STARTS_WITHIN;
  while (child.exitCode === null && Date.now() < until) {
    await wait(50);
    const health = await healthOf(url);
    if (health !== undefined) return { url, ...health, isNew: true };
  }
  throw new CliError(
    'TL_COLLECTOR_UNREACHABLE',
    `The collector did not start. "throughline serve" says why.`,
  );
}

/**
 * Ends the collector with the current settings, when it has stored what has arrived. Returns its URL, or undefined if there
 * is none.
 */
export async function stopCollector(): Promise<string | undefined> {
  const url = collectorUrl();
  const health = await healthOf(url);
  if (health === undefined) return undefined;
  process.kill(health.processId, 'SIGTERM');
  while ((await healthOf(url).catch(() => undefined)) !== undefined) await wait(50);
  return url;
}

/** What a collector says of itself. */
interface Health {
  readonly processId: number;
  readonly reportAddress: string;
  readonly file: string | undefined;
}

/** Asks a collector. Returns undefined if nothing answers. */
async function healthOf(url: string): Promise<Health | undefined> {
  const said = await ask(url, '/health', { headers: tokenHeader(), timeoutMs: ANSWERS_WITHIN })
    .then((answer) => text(answer))
    .catch((error: NodeJS.ErrnoException) => {
      // Nobody is there, or somebody who is just about to go.
      if (NOBODY.has(error.code ?? '')) return undefined;
      throw new CliError(
        'TL_COLLECTOR_UNREACHABLE',
        `Cannot talk to the server at ${url}: ${error.message}. Set THROUGHLINE_WEB_PORT to a port that is free, or THROUGHLINE_CERT to the certificate of the collector.`,
        { cause: error },
      );
    });
  if (said === undefined) return undefined;
  const { processId, reportAddress, file } = Object(parsed(said)) as Partial<Health>;
  if (processId !== undefined && reportAddress !== undefined) {
    return { processId, reportAddress, file };
  }
  const { ok } = Object(parsed(said)) as { ok?: unknown };
  if (typeof ok === 'boolean') {
    throw new CliError(
      'TL_TOKEN_REFUSED',
      `The collector at ${url} wants a token. Set THROUGHLINE_TOKEN to the one that it was started with.`,
    );
  }
  throw new CliError(
    'TL_COLLECTOR_UNREACHABLE',
    `The server at ${url} is not a collector of this version. Set THROUGHLINE_WEB_PORT to a port that is free.`,
  );
}
