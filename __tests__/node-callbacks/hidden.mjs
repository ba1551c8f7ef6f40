import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

/**
 * Instances of classes that no module exports: their prototypes are reached through these only. Everything is
 * local: a loopback HTTP/2 session, a folder of its own, a child that does nothing.
 */
export async function instancesOfHiddenClasses(require) {
  const instances = [];
  const closing = [];
  const folder = mkdtempSync(join(tmpdir(), 'hidden-'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const add = (module, ...found) => {
    for (const it of found) if (it !== null && it !== undefined) instances.push([module, it]);
  };

  const fs = require('node:fs');
  const watcher = fs.watch(file);
  const statWatcher = fs.watchFile(file, () => {});
  const handle = await fs.promises.open(file);
  add(
    'fs',
    watcher,
    statWatcher,
    fs.opendirSync(folder),
    fs.createReadStream(file),
    fs.createWriteStream(file),
  );
  add('fs/promises', handle);
  closing.push(
    () => watcher.close(),
    () => fs.unwatchFile(file),
    () => handle.close(),
  );

  const http2 = require('node:http2');
  const server = http2.createServer();
  const secure = http2.createSecureServer();
  add('http2', server, secure);
  server.on('session', (session) => add('http2', session));
  server.on('stream', (stream) => {
    add('http2', stream);
    stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
      add('http2', pushed);
      pushed.respond();
      pushed.end();
      stream.respond();
      stream.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = http2.connect(`http://127.0.0.1:${server.address().port}`);
  client.on('stream', (stream) => {
    add('http2', stream);
    stream.resume();
  });
  const request = client.request({ ':path': '/' });
  add('http2', client, request);
  request.resume();
  await once(request, 'end');
  closing.push(
    () => client.close(),
    () => server.close(),
  );

  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', "process.on('message', () => process.exit())"], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  add('child_process', child, child.channel);
  closing.push(() => child.kill());

  const channels = require('node:diagnostics_channel');
  const active = channels.channel('hidden');
  channels.subscribe('hidden', () => {});
  add(
    'diagnostics_channel',
    active,
    channels.tracingChannel('hidden'),
    channels.boundedChannel?.('hidden'),
  );

  const { createHook } = require('node:async_hooks');
  add('async_hooks', createHook({}));
  const perf = require('node:perf_hooks');
  add('perf_hooks', perf.createHistogram(), perf.monitorEventLoopDelay(), perf.performance);
  try {
    add('trace_events', require('node:trace_events').createTracing({ categories: ['hidden'] }));
  } catch {
    // Built without it.
  }
  add('worker_threads', require('node:worker_threads').locks);

  const timers = require('node:timers');
  const timeout = timers.setTimeout(() => {}, 0);
  const immediate = timers.setImmediate(() => {});
  add('timers', timeout, immediate, require('node:timers/promises').scheduler);
  closing.push(
    () => timers.clearTimeout(timeout),
    () => timers.clearImmediate(immediate),
  );

  const input = new PassThrough();
  const prompt = require('node:readline').createInterface({ input });
  const asked = require('node:readline/promises').createInterface({ input: new PassThrough() });
  add('readline', prompt);
  add('readline/promises', asked);
  closing.push(
    () => prompt.close(),
    () => asked.close(),
  );

  const crypto = require('node:crypto');
  add('crypto', crypto.webcrypto, crypto.webcrypto.subtle, crypto.createSecretKey(Buffer.alloc(1)));
  try {
    const { DatabaseSync } = quietly(() => require('node:sqlite'));
    const database = new DatabaseSync(':memory:');
    add('sqlite', database, database.prepare('select 1'), database.createTagStore?.());
    add('sqlite', database.createSession?.());
    closing.push(() => database.close());
  } catch {
    // This Node has none.
  }

  return {
    instances,
    async close() {
      for (const it of closing.reverse()) await it();
    },
  };
}

function quietly(work) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
