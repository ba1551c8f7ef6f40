import { libraryClasses } from '../../babel-plugin/src/catalogue/library-classes';
import { CHROMIUM, hasChromium } from '../harness/chromium';
import { Project } from './project';

/**
 * How to get an instance of each class, in a module that has `require`. The catalogue is compared with the real
 * packages: with the class names, the methods and the places of their callbacks.
 */
const instances: Record<string, Record<string, string>> = {
  pg: { Client: `new (require('pg').Client)()` },
  'pg-pool': { Pool: `new (require('pg').Pool)()` },
  mysql: {
    Connection: `require('mysql').createConnection({})`,
    Pool: `require('mysql').createPool({})`,
    PoolCluster: `require('mysql').createPoolCluster()`,
    PoolNamespace: `require('mysql').createPoolCluster().of('*')`,
  },
  mysql2: {
    BaseConnection: `Object.create(require('./node_modules/mysql2/lib/connection.js').prototype)`,
    BasePool: `require('mysql2').createPool({})`,
    PoolCluster: `require('mysql2').createPoolCluster()`,
    PoolNamespace: `require('mysql2').createPoolCluster().of('*')`,
  },
  mongoose: {
    Query: `new (require('mongoose').Query)()`,
    Aggregate: `new (require('mongoose').Aggregate)()`,
  },
  sequelize: { Sequelize: `Object.create(require('sequelize').Sequelize.prototype)` },
  typeorm: {
    EntityManager: `Object.create(require('typeorm').EntityManager.prototype)`,
    DataSource: `Object.create(require('typeorm').DataSource.prototype)`,
  },
  '@grpc/grpc-js': {
    Server: `new (require('@grpc/grpc-js').Server)()`,
    Client: `new (require('@grpc/grpc-js').Client)('localhost:1', require('@grpc/grpc-js').credentials.createInsecure())`,
  },
  'p-queue': { PQueue: `new (await import('p-queue')).default()` },
  bottleneck: { Bottleneck: `new (require('bottleneck'))()` },
  rxjs: { Observable: `new (require('rxjs').Subject)()` },
  'zen-observable': { Observable: `new (require('zen-observable'))(() => {})` },
  ws: { WebSocket: `Object.create(require('ws').WebSocket.prototype)` },
  'engine.io': { Socket: `Object.create(require('engine.io').Socket.prototype)` },
  'socket.io': {
    Socket: `Object.create(require('socket.io').Socket.prototype)`,
    BroadcastOperator: `new (require('socket.io').Server)().to('room')`,
  },
  'socket.io-client': { Socket: `Object.create(require('socket.io-client').Socket.prototype)` },
  amqplib: {
    Channel: `Object.create(require('./node_modules/amqplib/lib/channel_model.js').ConfirmChannel.prototype)`,
  },
  'puppeteer-core': {
    Page: `Object.create(require('puppeteer-core/internal/cdp/Page.js').CdpPage.prototype)`,
  },
};
const browser = hasChromium
  ? { 'playwright-core': { _Page: 'page', _BrowserContext: 'context' } }
  : {};

/** Classes of other builds of a package, and of one whose native part is not loaded here. */
const elsewhere = new Set([
  'playwright-core Page',
  'playwright-core BrowserContext',
  'sqlite3 Database',
  'sqlite3 Statement',
]);

let project: Project;
beforeAll(async () => {
  project = await Project.with([
    ...['pg@8.23.1', 'mysql@2.18.1', 'mysql2@3.24.6', 'mongoose@6.13.11', 'sequelize@6.37.8'],
    ...['typeorm@1.1.1', '@grpc/grpc-js@1.14.7', 'p-queue@9.3.5', 'bottleneck@2.19.5'],
    ...['rxjs@7.8.2', 'zen-observable@0.10.0', 'amqplib@2.3.1', 'puppeteer-core@24.43.1'],
    ...[
      'playwright-core@1.65.1',
      'reflect-metadata@0.2.2',
      'ws@8.23.0',
      'socket.io@4.8.4',
      'socket.io-client@4.8.4',
    ],
  ]);
});

/** What a package has: the names of an instance's classes, and the text of each method. */
interface Found {
  readonly classes: readonly string[];
  readonly methods: Readonly<Record<string, string | undefined>>;
}

async function look(pkg: string, name: string, instance: string): Promise<Found> {
  const methods = Object.keys(libraryClasses[pkg]![name]!);
  project.write({
    'look.mjs': `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      ${pkg === 'typeorm' ? "require('reflect-metadata');" : ''}
      ${pkg === 'playwright-core' ? inBrowser : ''}
      const instance = ${instance};
      const classes = [];
      for (let at = Object.getPrototypeOf(instance); at; at = Object.getPrototypeOf(at)) classes.push(at.constructor.name);
      const methods = Object.fromEntries(
        ${JSON.stringify(methods)}.map((name) => [name, instance[name] && String(instance[name])]),
      );
      console.log(JSON.stringify({ classes, methods }));
      process.exit();`,
  });
  return (await project.seenBy('look.mjs')) as Found;
}

const inBrowser = `
  const { chromium } = require('playwright-core');
  const launched = await chromium.launch({ executablePath: '${CHROMIUM}', args: ['--no-sandbox'] });
  const context = await launched.newContext();
  const page = await context.newPage();`;

/** How libraries call a parameter that is a callback; the others read 'arguments'. */
const CALLBACK =
  /cb|callback|fn|func|next|error|complete|listener|handler|observer|promises|run|op\b|tasks?/i;

const found = Object.entries({ ...instances, ...browser }).flatMap(([pkg, classes]) =>
  Object.entries(classes).map(([name, instance]) => [pkg, name, instance] as const),
);

test.each(found)('%s has %s, whose methods take callbacks there', async (pkg, name, instance) => {
  const { classes, methods } = await look(pkg, name, instance);
  expect(classes).toContain(name);

  for (const [method, { callbacks }] of Object.entries(libraryClasses[pkg]![name]!)) {
    const text = methods[method];
    expect([method, text]).toEqual([method, expect.any(String)]);
    const [, list = ''] = /\(([^)]*)\)/.exec(text!.replace(/\/\*[^]*?\*\//g, ''))!;
    const params = list
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    // Methods that are wrapped hand all arguments on.
    if (params.length === 0 || params.some((one) => one.startsWith('...'))) continue;
    const [place] =
      callbacks === 'last' ? [params.length - 1] : callbacks === 'all' ? [0] : callbacks;
    expect([method, params[place!]]).toEqual([method, expect.stringMatching(CALLBACK)]);
  }
});

test('every class of the catalogue is looked for', () => {
  const all = Object.entries(libraryClasses).flatMap(([pkg, classes]) =>
    Object.keys(classes).map((name) => `${pkg} ${name}`),
  );
  const looked = found.map(([pkg, name]) => `${pkg} ${name}`);
  const inNone = hasChromium ? [] : ['playwright-core _Page', 'playwright-core _BrowserContext'];

  expect(all.filter((one) => !elsewhere.has(one) && !inNone.includes(one)).sort()).toEqual(
    looked.sort(),
  );
});
