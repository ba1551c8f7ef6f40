import type { CallbackPoint, Point, Points } from './entries.js';

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
  // Databases.
  knex: { 'default().transaction': first },
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
