import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { Examined } from '@throughline/runtime/doctor';
import { ASK } from '../doctor/ask.js';
import { formatExamined, isHealthy } from '../doctor/text.js';
import { CliError } from '../errors.js';
import { untilInterrupted } from './serve.js';

/** Milliseconds within which the program must listen. */
const STARTS_WITHIN = 60_000;

/**
 * Adds `throughline doctor SCRIPT`, which runs a program and tells where the context of requests arrives. Throws
 * `TL_ARGUMENT_INVALID`.
 */
export function doctor(program: Command): void {
  program
    .command('doctor')
    .description('Run a server, and tell at which functions of it the context of requests arrives.')
    .argument('<script>', 'the program to run, instrumented by register')
    .argument('[args...]', 'arguments of the program')
    .option(
      '--get <url>',
      'ask the program for a URL; may be given again. Without it, wait for requests',
      addTo,
      [],
    )
    .option('--requests <n>', 'how many requests are sent at once', '64')
    .passThroughOptions()
    .action(async (script: string, args: string[], options: Options) => {
      const urls = options.get.map(checkedUrl);
      const count = checkedCount(options.requests);
      const child = start(script, args);
      const result = answerOf(child);
      // Its failure is thrown where it is awaited, unless asking has failed before.
      result.catch(() => {});
      if (urls.length > 0) await ask(urls, count, child);
      else {
        const tell = (): void =>
          console.error('Waiting for requests. Press Ctrl-C for the result.');
        await Promise.race([untilInterrupted(tell), once(child, 'exit')]);
      }
      if (child.connected) child.send(ASK);
      const examined = await result;
      child.kill();
      console.log(formatExamined(examined));
      process.exitCode = isHealthy(examined) ? 0 : 1;
    });
}

interface Options {
  readonly get: string[];
  readonly requests: string;
}

function addTo(url: string, urls: string[]): string[] {
  return [...urls, url];
}

function checkedUrl(url: string): string {
  if (URL.canParse(url)) return url;
  throw new CliError('TL_ARGUMENT_INVALID', `--get needs URLs, got ${JSON.stringify(url)}.`);
}

function checkedCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new CliError(
    'TL_ARGUMENT_INVALID',
    `--requests needs a whole number above 0, got ${JSON.stringify(text)}.`,
  );
}

function start(script: string, args: readonly string[]): ChildProcess {
  const register = createRequire(import.meta.url).resolve('@throughline/babel-plugin/register');
  const preload = fileURLToPath(new URL('../doctor/preload.js', import.meta.url));
  const imports = [register, preload].flatMap((file) => ['--import', pathToFileURL(file).href]);
  return fork(script, args, {
    execArgv: [...process.execArgv, ...imports],
    // Only builds with causes can be examined. The program still sees its own NODE_ENV.
    env: { ...process.env, BABEL_ENV: 'development' },
  });
}

/** Returns what the program answers, at its end if it is not asked before. */
function answerOf(child: ChildProcess): Promise<Examined> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { [ASK]?: Examined }) => {
      if (message[ASK] !== undefined) resolve(message[ASK]);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const text = `The program ended with ${code ?? signal} before it could be examined.`;
      reject(new CliError('TL_ARGUMENT_INVALID', text));
    });
  });
}

/** Sends requests to the program, all at once, when it listens. */
async function ask(urls: readonly string[], count: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + STARTS_WITHIN;
  while (!(await answers(urls[0]!))) {
    if (child.exitCode !== null) return;
    if (Date.now() > until) {
      child.kill();
      throw new CliError(
        'TL_ARGUMENT_INVALID',
        `Nothing answered at ${urls[0]} within ${STARTS_WITHIN / 1000} s. Name a URL that the program serves: --get URL.`,
      );
    }
    await wait(100);
  }
  const sent = Array.from({ length: count }, (_, i) => answers(urls[i % urls.length]!));
  await Promise.all(sent);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
