import type { CallbackPoint, ClassMethodPoint, Point, Points } from './entries.js';

// Derived from Node's own modules, 20 to 26. `__tests__/node-callbacks` finds functions that a newer Node adds, and
// lists the reason for every function that takes a callback and is not here.

const callback: CallbackPoint = { kind: 'callback', callbacks: 'last' };
const second: CallbackPoint = { kind: 'callback', callbacks: [1] };
const listener: CallbackPoint = { kind: 'listener', callbacks: 'last', as: 'spawnListener' };
const timer: CallbackPoint = { kind: 'timer', callbacks: [0] };
const failing: CallbackPoint = { kind: 'listener', callbacks: [0], as: 'spawnFailureListener' };
const repeated: CallbackPoint = { kind: 'callback', callbacks: [0] };

/** Returns one entry under many names. */
function each(point: Point, ...names: string[]): Points {
  return Object.fromEntries(
    names.flatMap((list) => list.match(/new \S+|\S+/g)!).map((name) => [name, point] as const),
  );
}

/** Returns entries for the iterator methods of a stream, which call back while the stream is read. */
function walksOver(stream: string): Points {
  const operators = ['map', 'filter', 'forEach', 'flatMap', 'some', 'every', 'find', 'reduce'];
  const point: Point = { kind: 'stream', callbacks: [0], as: 'spawnAlike' };
  return each(point, ...operators.map((operator) => `${stream}.${operator}`));
}

/** Exports of Node's modules, by module (without `node:`) and name. */
export const nodeModules: Readonly<Record<string, Points>> = {
  // What comes after the call, or its callback, comes after the process has ended.
  child_process: each(
    { kind: 'callback', helper: 'callFollowed' },
    'exec execFile execFileSync execSync spawnSync',
  ),
  cluster: each(callback, 'disconnect'),
  crypto: each(
    callback,
    'argon2 checkPrime decapsulate diffieHellman encapsulate generateKey generateKeyPair',
    'generatePrime hkdf pbkdf2 prng pseudoRandomBytes randomBytes randomFill randomInt rng scrypt',
    'sign verify',
  ),
  dgram: each(listener, 'createSocket', 'new Socket'),
  dns: each(
    callback,
    'lookup lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx',
    'resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt reverse',
  ),
  events: {
    addAbortListener: { kind: 'listener', callbacks: [1], as: 'spawnListener' },
    getEventListeners: { kind: 'listener', helper: 'shownListeners' },
    ...each({ kind: 'promise', helper: 'eventOnce' }, 'once EventEmitter.once'),
    ...each({ kind: 'promise', helper: 'eventsOn' }, 'on EventEmitter.on'),
  },
  fs: {
    ...each(
      callback,
      'access appendFile chmod chown close copyFile cp exists fchmod fchown fdatasync fstat fsync',
      'ftruncate futimes glob lchmod lchown link lstat lutimes mkdir mkdtemp open opendir read',
      'readFile readdir readlink readv realpath realpath.native rename rm rmdir stat statfs symlink',
      'truncate unlink utimes write writeFile writev',
    ),
    ...each(listener, 'watch watchFile'),
    ...walksOver('createReadStream()'),
  },
  http: each(listener, 'createServer get request Server', 'new Server', 'new ClientRequest'),
  http2: each(listener, 'connect createSecureServer createServer'),
  https: each(listener, 'createServer get request Server', 'new Server'),
  net: each(listener, 'connect createConnection createServer Server', 'new Server'),
  perf_hooks: each(repeated, 'new PerformanceObserver'),
  process: {
    nextTick: { kind: 'microtask', callbacks: [0] },
    ...each(failing, 'addUncaughtExceptionCaptureCallback setUncaughtExceptionCaptureCallback'),
    ...each(second, 'finalization.register finalization.registerBeforeExit'),
    send: callback,
  },
  readline: each(callback, 'clearLine clearScreenDown cursorTo moveCursor'),
  stream: {
    finished: callback,
    pipeline: { kind: 'stream', callbacks: 'all', as: 'spawnStages' },
    ...each(
      { kind: 'stream', callbacks: [0], as: 'spawnMembers' },
      ...['Readable', 'Writable', 'Duplex', 'Transform'].map((name) => `new ${name}`),
    ),
    ...walksOver('Readable.from()'),
  },
  'stream/promises': { pipeline: { kind: 'stream', callbacks: 'all', as: 'spawnStages' } },
  'stream/web': each(
    { kind: 'stream', callbacks: [0], as: 'spawnMembers' },
    ...['Readable', 'Writable', 'Transform'].map((name) => `new ${name}Stream`),
  ),
  timers: each(timer, 'setImmediate setInterval setTimeout'),
  tls: each(listener, 'connect createServer', 'new Server'),
  worker_threads: { receiveMessageOnPort: { kind: 'worker', helper: 'receiveMessage' } },
  util: { promisify: { kind: 'promise', helper: 'callPromisify' } },
  zlib: each(
    callback,
    'brotliCompress brotliDecompress deflate deflateRaw gunzip gzip inflate inflateRaw unzip',
    'zstdCompress zstdDecompress',
  ),
};

/** Returns an entry for classes that no module exports, such as those of `node:http2`, matched by name. */
function named(point: CallbackPoint, ...classes: string[]): ClassMethodPoint {
  return { ...point, classes };
}

const http2Servers = ['Http2Server', 'Http2SecureServer'];
const http2Flows = ['Http2Session', 'Http2Stream'];

/** Methods of Node's classes, by name. The runtime knows the classes (platform-classes.ts). */
export const nodeMethods: Readonly<Record<string, readonly ClassMethodPoint[]>> = {
  ...methods(
    callback,
    'clearLine clearScreenDown complete createPushResponse createSocket cursorTo destroy',
    'destroySoon end flush getConnections moveCursor params post question read renegotiate resolve',
    'resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolvePtr',
    'resolveSoa resolveSrv resolveTlsa resolveTxt reverse sendto setupHistory terminate write',
    'writeContinue writeEarlyHints writeInformation writeProcessing createConnection',
  ),
  ...methods(listener, 'bind clearTimeout listen connect'),
  close: [listener, named(listener, ...http2Servers, ...http2Flows)],
  setTimeout: [listener, named(listener, ...http2Servers, ...http2Flows)],
  defineCommand: [second],
  request: [callback, named(callback, 'LockManager')],
  ping: [named(callback, 'Http2Session')],
  settings: [named(callback, 'Http2Session')],
  pushStream: [named(callback, 'ServerHttp2Stream')],
  send: [callback, named(callback, 'ChildProcess')],
};

function methods(
  point: CallbackPoint,
  ...names: string[]
): Readonly<Record<string, readonly ClassMethodPoint[]>> {
  const all = names.flatMap((list) => list.split(' '));
  return Object.fromEntries(all.map((name) => [name, [point]] as const));
}
