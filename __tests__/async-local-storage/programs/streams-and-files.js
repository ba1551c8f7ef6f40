import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { pbkdf2, randomBytes } from 'node:crypto';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as readline from 'node:readline';
import { finished, pipeline, PassThrough, Readable, Transform, Writable } from 'node:stream';
import * as streamPromises from 'node:stream/promises';
import * as zlib from 'node:zlib';

const a = new AsyncLocalStorage();
const b = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setImmediate(resolve));

export const programs = {
  'zlib: callbacks and streams': async (log) => {
    await a.run('ada', async () => {
      const packed = await new Promise((resolve) => {
        zlib.gzip('hello', (_, data) => (log('gzip', a.getStore()), resolve(data)));
      });
      await new Promise((resolve) => {
        const unzip = zlib.createGunzip();
        unzip.on('data', (data) => log('data', String(data), a.getStore()));
        unzip.on('end', () => (log('end', a.getStore()), resolve()));
        unzip.write(packed, () => log('written', a.getStore()));
        unzip.end();
      });
      await new Promise((resolve) => {
        zlib.gunzip('no gzip', (error) => (log(error.code, a.getStore()), resolve()));
      });
      log('after', a.getStore());
    });
  },

  'stream.finished': async (log) => {
    const watch = (name, stream) =>
      a.run(
        name,
        () =>
          new Promise((resolve) => {
            finished(stream, (error) => {
              log(name, error?.message, a.getStore());
              resolve();
            });
          }),
      );
    const done = new PassThrough();
    const both = [watch('ada', done), watch('bob', done)];
    a.run('eve', () => done.resume().end('data'));
    await Promise.all(both);
    const failing = new PassThrough();
    const failed = watch('cleo', failing);
    a.run('eve', () => failing.destroy(new Error('broken')));
    await failed;
    const over = new PassThrough();
    over.resume().end();
    await streamPromises.finished(over);
    await watch('already over', over);
    await a.run('dora', async () => {
      const late = new PassThrough();
      setImmediate(() => late.resume().end());
      await streamPromises.finished(late);
      log('promises', a.getStore());
    });
  },

  'stream.pipeline': async (log) => {
    await a.run('ada', async () => {
      const seen = [];
      const upper = new Transform({
        transform(chunk, _, done) {
          log('transform', a.getStore());
          setImmediate(() => done(null, String(chunk).toUpperCase()));
        },
        flush(done) {
          log('flush', a.getStore());
          done();
        },
      });
      const sink = new Writable({
        write(chunk, _, done) {
          seen.push(String(chunk));
          log('write', a.getStore());
          setImmediate(done);
        },
        final(done) {
          log('final', a.getStore());
          done();
        },
      });
      await new Promise((resolve) => {
        pipeline(Readable.from(['a', 'b']), upper, sink, () => {
          log('pipeline', a.getStore());
          resolve();
        });
      });
      log(seen.join());
      await streamPromises.pipeline(
        Readable.from(['c']),
        new PassThrough(),
        async function* (from) {
          for await (const chunk of from) log('stage', String(chunk), a.getStore());
        },
      );
      log('after', a.getStore());
    });
  },

  'a readable of promises and of a generator': async (log) => {
    await a.run('ada', async () => {
      async function* rows() {
        await turn();
        yield a.getStore();
        await null;
        yield a.getStore();
      }
      for await (const row of Readable.from(rows())) log('row', row, a.getStore());
      const read = new Readable({
        objectMode: true,
        read() {
          log('read', a.getStore());
          setImmediate(() => this.push(null));
        },
      });
      for await (const _ of read) log('never');
      log('after', a.getStore());
    });
  },

  readline: async (log) => {
    await a.run('ada', async () => {
      const input = new PassThrough();
      const lines = readline.createInterface({ input });
      const over = new Promise((resolve) => {
        lines.on('line', (line) => log('line', line, a.getStore()));
        lines.on('close', () => (log('close', a.getStore()), resolve()));
      });
      setImmediate(() => input.end('one\ntwo\n'));
      await over;
      for await (const line of readline.createInterface({ input: Readable.from(['x\ny\n']) })) {
        log('for await', line, a.getStore());
      }
      const asking = new PassThrough();
      const prompt = readline.createInterface({ input: asking, output: new PassThrough() });
      const answer = new Promise((resolve) => {
        prompt.question('?', (text) => (log('answer', text, a.getStore()), resolve()));
      });
      setImmediate(() => asking.write('yes\n'));
      await answer;
      prompt.close();
      log('after', a.getStore());
    });
  },

  'fs: callbacks, promises and streams': async (log) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'throughline-als-'));
    const file = join(folder, 'file.txt');
    await a.run('ada', async () => {
      await new Promise((resolve) => {
        fs.writeFile(file, 'text', () => (log('writeFile', a.getStore()), resolve()));
      });
      await new Promise((resolve) => {
        fs.readFile(file, 'utf8', (_, text) => (log('readFile', text, a.getStore()), resolve()));
      });
      await new Promise((resolve) => {
        fs.stat(join(folder, 'no'), (error) => (log(error.code, a.getStore()), resolve()));
      });
      log(await fs.promises.readFile(file, 'utf8'), a.getStore());
      const handle = await fs.promises.open(file);
      log(String((await handle.read()).bytesRead), a.getStore());
      await handle.close();
      const stream = fs.createReadStream(file, 'utf8');
      stream.on('open', () => log('open', a.getStore()));
      for await (const chunk of stream) log('chunk', chunk, a.getStore());
      for await (const entry of await fs.promises.opendir(folder)) log(entry.name, a.getStore());
    });
    fs.rmSync(folder, { recursive: true });
    log('outside', a.getStore());
  },

  'crypto and child processes': async (log) => {
    await a.run('ada', async () => {
      await new Promise((resolve) => {
        randomBytes(8, (_, bytes) => (log(bytes.length, a.getStore()), resolve()));
      });
      await new Promise((resolve) => {
        pbkdf2('a', 'b', 1, 8, 'sha1', () => (log('pbkdf2', a.getStore()), resolve()));
      });
      await new Promise((resolve) => {
        const child = execFile(process.execPath, ['-e', 'console.log(1)'], (_, text) => {
          log('execFile', text.trim(), a.getStore());
          resolve();
        });
        child.on('exit', (code) => log('exit', code, a.getStore()));
      });
      log('after', a.getStore());
    });
  },

  'diagnostics_channel: a store that is bound holds in runStores': async (log) => {
    const events = channel('throughline.test.bound');
    events.bindStore(a, (data) => `store of ${data.name}`);
    events.bindStore(b);
    const seen = await events.runStores({ name: 'ada' }, async () => {
      log('inside', a.getStore(), b.getStore().name);
      await turn();
      setImmediate(() => log('timer', a.getStore()));
      await turn();
      return a.getStore();
    });
    log('seen', seen);
    log('outside', a.getStore(), b.getStore());
    const bare = events.runStores(
      { name: 'bob' },
      function (x) {
        return [this.name, x, a.getStore()].join();
      },
      { name: 'receiver' },
      'x',
    );
    log('receiver and arguments', bare);
    try {
      events.runStores({ name: 'cleo' }, () => {
        throw new Error(a.getStore());
      });
    } catch (error) {
      log('caught', error.message, a.getStore());
    }
    a.run('outer', () => {
      events.runStores({ name: 'dora' }, () => log('nested', a.getStore()));
      log('back', a.getStore());
    });
    log(events.unbindStore(a), events.unbindStore(a), events.unbindStore(b));
    events.runStores({ name: 'erin' }, () => log('unbound', a.getStore()));
  },

  'diagnostics_channel: subscribers see whoever publishes': async (log) => {
    const events = channel('throughline.test.published');
    const subscriber = (message) => log(message, a.getStore());
    a.run('ada', () => events.subscribe(subscriber));
    a.run('bob', () => events.publish('published'));
    await a.run('cleo', async () => {
      await turn();
      events.publish('later');
    });
    events.unsubscribe(subscriber);
  },

  'diagnostics_channel: a tracing channel': async (log) => {
    const tracing = tracingChannel('throughline.test.traced');
    tracing.start.bindStore(a, (data) => data.name);
    const told = {
      start: () => log('start', a.getStore()),
      end: () => log('end', a.getStore()),
      asyncStart: () => log('asyncStart', a.getStore()),
      asyncEnd: () => log('asyncEnd', a.getStore()),
    };
    tracing.subscribe(told);
    const value = await tracing.tracePromise(
      async () => {
        await turn();
        return a.getStore();
      },
      { name: 'ada' },
    );
    log('value', value, a.getStore());
    log(
      'sync',
      tracing.traceSync(() => a.getStore(), { name: 'bob' }),
      a.getStore(),
    );
    tracing.unsubscribe(told);
    tracing.start.unbindStore(a);
  },
};
