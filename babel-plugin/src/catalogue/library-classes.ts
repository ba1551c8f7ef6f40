import type { CallbackPoint, ClassMethodPoint } from './entries.js';

const last: CallbackPoint = { kind: 'callback', callbacks: 'last', as: 'spawnAlike' };
const first: CallbackPoint = { kind: 'callback', callbacks: [0], as: 'spawnAlike' };
const all: CallbackPoint = { kind: 'callback', callbacks: 'all', as: 'spawnAlike' };

/** The methods of a class that take callbacks, by name. */
type Methods = Readonly<Record<string, CallbackPoint>>;

/** Returns one entry under many names. */
function each(point: CallbackPoint, names: string): Methods {
  return Object.fromEntries(names.split(' ').map((name) => [name, point] as const));
}

/** Functions that a page calls. */
const ofPage = each(
  { kind: 'listener', callbacks: [1], as: 'spawnAlike' },
  'exposeFunction exposeBinding route routeWebSocket waitForEvent',
);
const delivery: CallbackPoint = { kind: 'listener', callbacks: [1], as: 'spawnListener' };
/** A function or an observer. */
const observer: CallbackPoint = { kind: 'listener', callbacks: 'all', as: 'spawnMembers' };

const mysqlConnection = each(last, 'query connect beginTransaction commit rollback end ping');
const sqliteStatements = { ...each(last, 'run all get'), each: all };

/**
 * Classes of libraries that call back from a queue, a pool or a socket of their own, by package and by the name that
 * the class has at run time. `__tests__/toolchains/library-classes.test.ts` finds each in the real package.
 */
export const libraryClasses: Readonly<Record<string, Readonly<Record<string, Methods>>>> = {
  pg: { Client: each(last, 'query connect end') },
  'pg-pool': { Pool: each(last, 'query connect end') },
  mysql: {
    Connection: { ...mysqlConnection, changeUser: last },
    Pool: each(last, 'query getConnection end'),
    PoolCluster: each(last, 'getConnection end'),
    PoolNamespace: each(last, 'query getConnection'),
  },
  mysql2: {
    BaseConnection: { ...mysqlConnection, ...each(last, 'execute prepare changeUser') },
    BasePool: each(last, 'query execute getConnection end'),
    PoolCluster: each(last, 'getConnection end'),
    PoolNamespace: each(last, 'query execute getConnection'),
  },
  sqlite3: {
    Database: { ...sqliteStatements, ...each(last, 'exec prepare close') },
    Statement: sqliteStatements,
  },
  mongoose: { Query: { exec: last }, Aggregate: { exec: last } },
  sequelize: { Sequelize: { transaction: last } },
  typeorm: { EntityManager: { transaction: last }, DataSource: { transaction: last } },
  // Callbacks of its clients are handled by the interceptors.
  '@grpc/grpc-js': { Server: each(last, 'bindAsync tryShutdown'), Client: { waitForReady: last } },
  'p-queue': { PQueue: { add: first, addAll: { ...first, as: 'spawnMembers' } } },
  bottleneck: {
    Bottleneck: { schedule: { ...first, callbacks: [0, 1] }, submit: all, wrap: first },
  },
  rxjs: { Observable: { subscribe: observer } },
  'zen-observable': { Observable: { subscribe: observer } },
  // Connections, whose listeners see their registration (connections.ts).
  ws: { WebSocket: {} },
  'engine.io': { Socket: {} },
  // The last argument of `emit` is called with the answer.
  'socket.io': {
    Socket: each(last, 'emit use onAny prependAny onAnyOutgoing'),
    BroadcastOperator: { emit: last },
  },
  'socket.io-client': { Socket: each(last, 'emit onAny prependAny onAnyOutgoing') },
  // Its bundle gives the classes an underscore.
  'playwright-core': {
    _Page: ofPage,
    _BrowserContext: ofPage,
    Page: ofPage,
    BrowserContext: ofPage,
  },
  'puppeteer-core': { Page: { exposeFunction: ofPage['exposeFunction']! } },
  // Deliveries come from the socket.
  amqplib: { Channel: { consume: delivery } },
};

/** Names of all those classes. */
export const libraryClassNames: ReadonlySet<string> = new Set(
  Object.values(libraryClasses).flatMap((classes) => Object.keys(classes)),
);

/** Matches files with a function that is named as one of them and has a prototype. */
export const mayHaveConstructors = new RegExp(
  `\\b(?:${[...libraryClassNames].join('|')})\\.prototype\\b`,
);

/** Returns true for a package that has such classes, or that re-exports those of another one. */
export function hasLibraryClasses(module: string): boolean {
  return Object.hasOwn(libraryClasses, module) || reexporting.has(module);
}

const reexporting = new Set([
  'playwright',
  '@playwright/test',
  'puppeteer',
  'pg-native',
  'mysql2/promise',
]);

/** The rules for each method name: one for each way to pass callbacks, with the names of the classes. */
export const libraryMethods: readonly (readonly [string, readonly ClassMethodPoint[]])[] = [
  ...rulesByMethod(),
];

function rulesByMethod(): ReadonlyMap<string, readonly ClassMethodPoint[]> {
  const rules = new Map<string, Map<CallbackPoint, string[]>>();
  for (const classes of Object.values(libraryClasses)) {
    for (const [name, methods] of Object.entries(classes)) {
      for (const [method, point] of Object.entries(methods)) {
        const points = rules.get(method) ?? new Map<CallbackPoint, string[]>();
        rules.set(method, points.set(point, [...(points.get(point) ?? []), name]));
      }
    }
  }
  return new Map(
    [...rules].map(([method, points]) => [
      method,
      [...points].map(([point, classes]) => ({ ...point, classes: [...new Set(classes)] })),
    ]),
  );
}
