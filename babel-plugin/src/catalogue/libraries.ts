import type { CallbackPoint, ClassMethodPoint, Point, Points } from './entries.js';

const last: CallbackPoint = { kind: 'callback', callbacks: 'last', as: 'spawnAlike' };
const first: CallbackPoint = { kind: 'callback', callbacks: [0], as: 'spawnAlike' };
const second: CallbackPoint = { kind: 'callback', callbacks: [1], as: 'spawnAlike' };
const middleware: Point = { kind: 'callback', result: 'middleware' };

/**
 * Functions of libraries that call back from a queue, a pool or a socket of their own, where no strand is
 * running. Users add theirs with the option `spawnPoints`.
 */
export const libraries: Readonly<Record<string, Points>> = {
  // Batches and limits run work later, from a queue.
  dataloader: { 'new default': first, 'new DataLoader': first },
  'p-limit': { 'default()': first, 'default().map': second },
  'p-throttle': { 'default()': first },
  // Middleware that reads the body continues in a callback of the socket.
  'body-parser': { json: middleware, raw: middleware, text: middleware, urlencoded: middleware },
  express: { json: middleware, raw: middleware, text: middleware, urlencoded: middleware },
  'express-session': { default: middleware },
  'cookie-session': { default: middleware },
  // Schedulers.
  'node-cron': { schedule: second },
  'node-schedule': { scheduleJob: { ...last, callbacks: 'all' } },
  sqlite3: { 'new Database': last },
  // Callbacks of file helpers.
  'graceful-fs': { readFile: last, writeFile: last, stat: last, readdir: last, open: last },
  glob: { default: last, glob: last },
  rimraf: { default: last },
  mkdirp: { default: last },
  request: {
    ...{ default: last, get: last, post: last, put: last, patch: last, del: last, head: last },
  },
  // The final callback and the steps of its control flow.
  async: Object.fromEntries(
    [
      ...['auto', 'autoInject', 'concat', 'detect', 'doWhilst', 'each', 'eachLimit', 'eachOf'],
      ...['eachOfLimit', 'eachOfSeries', 'eachSeries', 'every', 'filter', 'filterLimit'],
      ...['filterSeries', 'forever', 'groupBy', 'map', 'mapLimit', 'mapSeries', 'mapValues'],
      ...['parallel', 'parallelLimit', 'queue', 'race', 'reduce', 'reduceRight', 'reject', 'retry'],
      ...['series', 'some', 'sortBy', 'times', 'timesLimit', 'timesSeries', 'transform', 'tryEach'],
      ...['until', 'waterfall', 'whilst', 'ensureAsync', 'cargo', 'priorityQueue'],
    ].map((name) => [name, { kind: 'callback', callbacks: 'all', as: 'spawnEach' } as Point]),
  ),
};

/** Callbacks of a page. Playwright's classes have an underscore in its bundled build. */
const pageCall: ClassMethodPoint = {
  ...{ kind: 'listener', callbacks: [1], as: 'spawnAlike' },
  classes: ['Page', '_Page', 'BrowserContext', '_BrowserContext', 'CdpPage'],
};

const query = (...classes: string[]): ClassMethodPoint => ({ ...last, classes });

/** The modules whose classes `libraryMethods` names. */
export const libraryModules: ReadonlySet<string> = new Set([
  ...['pg', 'mysql', 'mysql2', 'sqlite3', 'mongoose', '@grpc/grpc-js', 'p-queue', 'bottleneck'],
  ...[
    'knex',
    'sequelize',
    'typeorm',
    'rxjs',
    'zen-observable',
    'playwright',
    'puppeteer',
    'amqplib',
  ],
]);

/** Methods of library classes. The receiver's class is checked by name at the time of the call. */
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
  get: [query('Database', 'Statement')],
  prepare: [query('Database')],
  close: [query('Database')],
  each: [{ ...last, callbacks: 'all', classes: ['Database', 'Statement'] }],
  exec: [query('Database', 'Query', 'Aggregate')],
  // @grpc/grpc-js. Callbacks of its clients are handled by the interceptors.
  bindAsync: [{ ...last, classes: ['Server'] }],
  tryShutdown: [{ ...first, classes: ['Server'] }],
  waitForReady: [{ ...last, classes: ['Client'] }],
  // Queues.
  add: [{ ...first, classes: ['PQueue'] }],
  addAll: [{ ...first, as: 'spawnMembers', classes: ['PQueue'] }],
  schedule: [{ ...last, callbacks: [0, 1], classes: ['Bottleneck'] }],
  submit: [{ ...last, callbacks: 'all', classes: ['Bottleneck'] }],
  wrap: [{ ...first, classes: ['Bottleneck'] }],
  transaction: [{ ...first, classes: ['Knex', 'Client', 'Sequelize', 'EntityManager'] }],
  // RxJS, zen-observable: a function or an observer.
  subscribe: [{ kind: 'listener', callbacks: 'all', as: 'spawnMembers', classes: ['Observable'] }],
  // Playwright: functions that a page calls.
  exposeFunction: [pageCall],
  exposeBinding: [pageCall],
  route: [pageCall],
  routeWebSocket: [pageCall],
  waitForEvent: [pageCall],
  // Message queues: deliveries come from the socket.
  consume: [{ kind: 'listener', callbacks: [1], as: 'spawnListener', classes: ['Channel'] }],
};
