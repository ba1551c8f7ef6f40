import { getLocal, register, setLocal } from '@throughline/runtime';
import * as childProcess from 'node:child_process';
import * as crypto from 'node:crypto';
import * as dns from 'node:dns';
import * as fs from 'node:fs';
import { readFile, readFile as read } from 'node:fs';
import filesystem from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as readline from 'node:readline';
import { PassThrough } from 'node:stream';
import * as zlib from 'node:zlib';
import { inImmediate, sentry } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});

let folder = '';
let file = '';
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'throughline-'));
  file = join(folder, 'file');
  fs.writeFileSync(file, 'text');
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

type Callback = (...args: unknown[]) => void;
const { readFile: renamed } = fs;
const nodeFs = require('fs') as typeof fs;
const alias = fs.stat;
const packed = zlib.gzipSync('text');
const keys = crypto.generateKeyPairSync('ed25519');
const options = { encoding: 'utf8' } as const;

/** Each is handed a function, and calls it once; its last argument is what `gives` expects. */
const callbacks: readonly (readonly [string, (callback: Callback) => unknown])[] = [
  ['fs.readFile', (callback) => fs.readFile(file, callback)],
  ['fs.readFile with options', (callback) => fs.readFile(file, options, callback)],
  [
    'fs.readFile, undefined behind',
    (callback) => (fs.readFile as (...args: unknown[]) => void)(file, callback, undefined),
  ],
  ['readFile, imported', (callback) => readFile(file, callback)],
  ['readFile, imported by another name', (callback) => read(file, callback)],
  ['readFile, destructured', (callback) => renamed(file, callback)],
  ['readFile of the default import', (callback) => filesystem.readFile(file, callback)],
  ['readFile of require', (callback) => nodeFs.readFile(file, callback)],
  ['an alias', (callback) => alias(file, callback as never)],
  ['fs.readFile that fails', (callback) => fs.readFile(join(folder, 'none'), callback)],
  ['spread arguments', (callback) => fs.readFile(...([file, callback] as const))],
  ['an optional call', (callback) => fs.readFile?.(file, callback)],
  ['a computed name', (callback) => fs['readFile'](file, callback)],
  ['fs.stat', (callback) => fs.stat(file, callback)],
  ['fs.access', (callback) => fs.access(file, callback)],
  ['fs.exists', (callback) => fs.exists(file, callback as never)],
  ['fs.realpath', (callback) => fs.realpath(file, callback)],
  ['fs.realpath.native', (callback) => fs.realpath.native(file, callback)],
  ['fs.writeFile', (callback) => fs.writeFile(join(folder, 'written'), 'x', callback)],
  ['fs.appendFile', (callback) => fs.appendFile(join(folder, 'appended'), 'x', callback)],
  ['fs.copyFile', (callback) => fs.copyFile(file, join(folder, 'copied'), callback)],
  ['fs.readdir', (callback) => fs.readdir(folder, callback)],
  ['fs.mkdir', (callback) => fs.mkdir(join(folder, 'made'), { recursive: true }, callback)],
  ['fs.mkdtemp', (callback) => fs.mkdtemp(join(folder, 'made-'), callback)],
  ['fs.rm', (callback) => fs.rm(join(folder, 'none'), { force: true }, callback)],
  [
    'fs.open',
    (callback) =>
      fs.open(file, function (this: unknown, error, fd) {
        fs.closeSync(fd);
        callback.call(this, error as never, fd as never);
      }),
  ],
  [
    'fs.opendir',
    (callback) =>
      fs.opendir(folder, (error, dir) => {
        dir.closeSync();
        callback(error as never, dir as never);
      }),
  ],
  [
    'dir.read',
    (callback) => {
      const dir = fs.opendirSync(folder);
      dir.read(callback);
      setImmediate(() => setImmediate(() => setImmediate(() => dir.close().catch(() => {}))));
    },
  ],
  [
    'dir.close',
    (callback) => {
      const dir = fs.opendirSync(folder);
      dir.close(callback);
    },
  ],
  ['dns.lookup', (callback) => dns.lookup('127.0.0.1', callback)],
  ['dns.lookupService', (callback) => dns.lookupService('127.0.0.1', 0, callback)],
  ['crypto.randomBytes', (callback) => crypto.randomBytes(8, callback)],
  ['crypto.randomInt', (callback) => crypto.randomInt(8, callback)],
  ['crypto.randomFill', (callback) => crypto.randomFill(Buffer.alloc(4), callback)],
  ['crypto.pbkdf2', (callback) => crypto.pbkdf2('a', 'b', 1, 8, 'sha1', callback)],
  ['crypto.scrypt', (callback) => crypto.scrypt('a', 'b', 8, callback)],
  ['crypto.hkdf', (callback) => crypto.hkdf('sha256', 'a', 'b', 'c', 8, callback)],
  ['crypto.generateKey', (callback) => crypto.generateKey('hmac', { length: 64 }, callback)],
  ['crypto.generateKeyPair', (callback) => crypto.generateKeyPair('ed25519', {}, callback)],
  ['crypto.sign', (callback) => crypto.sign(null, Buffer.from('a'), keys.privateKey, callback)],
  [
    'crypto.verify',
    (callback) => crypto.verify(null, Buffer.from('a'), keys.publicKey, Buffer.alloc(64), callback),
  ],
  ['crypto.checkPrime', (callback) => crypto.checkPrime(7n, callback)],
  ['zlib.gzip', (callback) => zlib.gzip('text', callback)],
  ['zlib.gunzip', (callback) => zlib.gunzip(packed, callback)],
  ['zlib.unzip with options', (callback) => zlib.unzip(packed, {}, callback)],
  ['zlib.brotliCompress', (callback) => zlib.brotliCompress('text', callback)],
  ['zlib.gunzip that fails', (callback) => zlib.gunzip('text', callback)],
  [
    'gzip.flush',
    (callback) => {
      const gzip = zlib.createGzip();
      gzip.write('text');
      gzip.flush(callback);
      gzip.resume();
    },
  ],
  ['gzip.params', (callback) => zlib.createDeflate().params(1, 0, callback)],
  ['gzip.close', (callback) => zlib.createGzip().close(callback)],
  ['childProcess.exec', (callback) => childProcess.exec('exit 3', callback)],
  [
    'childProcess.execFile',
    (callback) => childProcess.execFile(process.execPath, ['--version'], callback),
  ],
  ['readline.cursorTo', (callback) => readline.cursorTo(new PassThrough(), 0, 0, callback)],
  ['readline.clearLine', (callback) => readline.clearLine(new PassThrough(), 0, callback)],
  [
    'interface.question',
    (callback) => {
      const input = new PassThrough();
      const asking = readline.createInterface({
        input,
        output: new PassThrough(),
      });
      asking.question('who? ', callback as never);
      input.end('me\n');
    },
  ],
  [
    'interface.question with options',
    (callback) => {
      const input = new PassThrough();
      const asking = readline.createInterface({
        input,
        output: new PassThrough(),
      });
      asking.question('who? ', {}, callback as never);
      input.end('me\n');
    },
  ],
  [
    'resolver.resolve4',
    (callback) => {
      const resolver = new dns.Resolver();
      resolver.setServers(['127.0.0.1:9']);
      resolver.resolve4('nothing.invalid', callback);
      resolver.cancel();
    },
  ],
];

const look = (): string => getLocal(user);

describe.each(callbacks)('%s', (_name, handOver) => {
  test('runs its callback in a branch of the frame it was handed over in', async () => {
    setLocal(user, 'ada');
    setLocal(seen, ['mine']);
    const watch = sentry(look);
    const found = await new Promise<unknown[]>((resolve) => {
      setLocal(user, 'cleo');
      handOver(() => {
        resolve([getLocal(user), getLocal(seen)]);
        setLocal(user, 'eve');
        setLocal(seen, ['theirs']);
      });
      setLocal(user, 'bob');
    });

    const leaked = watch.stop();

    expect(found).toEqual(['cleo', ['mine']]);
    expect(getLocal(user)).toBe('bob');
    expect(await inImmediate(look)).toBe('nobody');
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });

  test('runs its callback in root when it was handed over there', async () => {
    setLocal(user, 'ada');
    const found = await inImmediate(
      () => new Promise<string>((resolve) => void handOver(() => resolve(getLocal(user)))),
    );

    expect(found).toBe('nobody');
  });
});

test('a callback gets its arguments and its receiver', async () => {
  const found = await new Promise<unknown[]>((resolve) => {
    fs.readFile(file, 'utf8', function (this: unknown, ...args) {
      resolve([this === undefined || typeof this, ...args]);
    });
  });
  const plain = await new Promise<unknown[]>((resolve) => {
    // throughline: off
    fs.readFile(file, 'utf8', function (this: unknown, ...args) {
      resolve([this === undefined || typeof this, ...args]);
    });
  });

  expect(found).toEqual(plain);
  expect(found.slice(1)).toEqual([null, 'text']);
});

test('a callback that is missing is the platform its own error', () => {
  expect(() => (fs.readFile as unknown as (path: string) => void)(file)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
  expect(() => fs.readFile(file, 'utf8', 'no function' as never)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test('fs.watchFile is undone by the function that was given', async () => {
  const calls: string[] = [];
  const first = (): void => void calls.push('first');
  const second = (): void => void calls.push('second');
  const watcher = fs.watchFile(file, { interval: 5 }, first);
  fs.watchFile(file, second);
  expect(watcher.listeners('change')).toEqual([first, second]);
  fs.unwatchFile(file, first);

  expect(watcher.listeners('change')).toEqual([second]);
  fs.unwatchFile(file, second);
  expect(watcher.listenerCount('change')).toBe(0);
});

test('fs.watchFile calls in the frame of its registration', async () => {
  const watched = join(folder, 'watched');
  fs.writeFileSync(watched, '1');
  setLocal(user, 'ada');
  const found = new Promise<string>((resolve) => {
    fs.watchFile(watched, { interval: 5 }, () => resolve(getLocal(user)));
  });
  setLocal(user, 'bob');
  // It has looked once before it can see a change.
  const change = setInterval(() => fs.appendFileSync(watched, '2'), 10);

  expect(await found).toBe('ada');
  clearInterval(change);
  fs.unwatchFile(watched);
});

test('an optional call of a function that is not there is nothing', () => {
  const some = fs as unknown as {
    notThere?: (path: string, callback: () => void) => void;
  };

  expect(some.notThere?.(file, () => {})).toBeUndefined();
});
