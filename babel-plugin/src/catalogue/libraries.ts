import type { CallbackPoint, ClassMethodPoint, Point, Points } from './entries.js';

const last: CallbackPoint = { kind: 'callback', callbacks: 'last', as: 'spawnAlike' };
const first: CallbackPoint = { kind: 'callback', callbacks: [0], as: 'spawnAlike' };
const second: CallbackPoint = { kind: 'callback', callbacks: [1], as: 'spawnAlike' };
const middleware: Point = { kind: 'callback', result: 'middleware' };

/**
 * Libraries that call back from a queue, a pool or a socket of their own, where no strand is running.
 * Users add theirs with the option `spawnPoints`.
 */
export const libraries: Readonly<Record<string, Points>> = {
  // Batches and limits run work when the queue gets to it.
  dataloader: { 'new default': first, 'new DataLoader': first },
  'p-limit': { 'default()': first },
  'p-throttle': { 'default()': first },
  // Middleware that reads the body goes on from the socket's callback.
  'body-parser': { json: middleware, raw: middleware, text: middleware, urlencoded: middleware },
  express: { json: middleware, raw: middleware, text: middleware, urlencoded: middleware },
  'express-session': { default: middleware },
  'cookie-session': { default: middleware },
  // Schedulers.
  'node-cron': { schedule: second },
  'node-schedule': { scheduleJob: last },
  // Callbacks of file helpers.
  'graceful-fs': { readFile: last, writeFile: last, stat: last, readdir: last, open: last },
  glob: { default: last, glob: last },
  rimraf: { default: last },
  mkdirp: { default: last },
  request: {
    ...{ default: last, get: last, post: last, put: last, patch: last, del: last, head: last },
  },
  // The final callback of its control flow; what it calls on the way is called by name below.
  async: Object.fromEntries(
    [
      ...['each', 'eachSeries', 'eachLimit', 'eachOf', 'map', 'mapSeries', 'mapLimit', 'filter'],
      ...['reduce', 'series', 'parallel', 'parallelLimit', 'waterfall', 'auto', 'retry', 'queue'],
    ].map((name) => [name, { kind: 'callback', callbacks: 'all', as: 'spawnAlike' } as Point]),
  ),
};

const query = (...classes: string[]): ClassMethodPoint => ({ ...last, classes });

/** Methods of libraries' classes, which are known by name when the call is made. */
export const libraryMethods: Readonly<Record<string, readonly ClassMethodPoint[]>> = {
  // pg, mysql, mysql2, sqlite3.
  query: [query('Client', 'Pool', 'BoundPool', 'Connection', 'PoolConnection', 'PoolCluster')],
  execute: [query('Connection', 'Pool', 'PoolConnection')],
  getConnection: [query('Pool', 'PoolCluster', 'PoolNamespace')],
  connect: [query('Client', 'Pool', 'BoundPool', 'Connection')],
  beginTransaction: [query('Connection', 'PoolConnection')],
  commit: [query('Connection', 'PoolConnection')],
  rollback: [query('Connection', 'PoolConnection')],
  run: [query('Database', 'Statement')],
  all: [query('Database', 'Statement')],
  each: [{ ...last, callbacks: 'all', classes: ['Database', 'Statement'] }],
  exec: [query('Database', 'Query', 'Aggregate')],
  // Queues.
  add: [{ ...first, classes: ['PQueue'] }],
  addAll: [{ ...first, as: 'members', classes: ['PQueue'] }],
  schedule: [{ ...last, classes: ['Bottleneck'] }],
  submit: [{ ...last, classes: ['Bottleneck'] }],
  // RxJS, zen-observable: a function or an observer.
  subscribe: [{ kind: 'listener', callbacks: 'all', as: 'members', classes: ['Observable'] }],
  // Message queues: deliveries come from the socket.
  consume: [{ kind: 'listener', callbacks: [1], as: 'listening', classes: ['Channel'] }],
};
