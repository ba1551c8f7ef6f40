// Routes and log lines, with the real packages of frameworks and loggers.
import { Events } from '../operations/program';
import { programsWith } from './traced';

const PACKAGES = [
  '@hono/node-server@2.1.9',
  '@koa/router@15.7.0',
  '@nestjs/common@12.5.1',
  '@nestjs/core@12.5.1',
  '@nestjs/platform-express@12.5.1',
  'fastify@5.12.8',
  'hono@4.13.19',
  'koa@3.3.0',
  'reflect-metadata@0.2.2',
  'rxjs@7.8.2',
  'winston@3.19.0',
];

const run = programsWith(PACKAGES);

/** Programs with the route `/carts/:id` below a router's path, `/items`, and no other. */
const programs = {
  koa: `
    import Koa from 'koa';
    import Router from '@koa/router';
    const carts = new Router({ prefix: '/carts' });
    carts.get('/:id', async (context) => {
      await pause();
      context.body = 'cart ' + context.params.id;
    });
    const items = new Router().get('/items', (context) => void (context.body = 'items'));
    const app = new Koa();
    app.use(async (context, next) => next());
    app.use(carts.routes()).use(items.routes());
    const { url, stop } = await serve(app.callback());
  `,
  hono: `
    import { Hono } from 'hono';
    import { createAdaptorServer } from '@hono/node-server';
    const carts = new Hono();
    carts.get('/:id', async (context) => {
      await pause();
      return context.text('cart ' + context.req.param('id'));
    });
    const app = new Hono();
    app.use('*', async (context, next) => next());
    app.route('/carts', carts);
    app.get('/items', (context) => context.text('items'));
    const server = createAdaptorServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = 'http://127.0.0.1:' + server.address().port;
    const stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  `,
  nest: `
    import 'reflect-metadata';
    import { Controller, Get, Module, Param } from '@nestjs/common';
    import { NestFactory } from '@nestjs/core';
    class Carts {
      async find(id) {
        await pause();
        return 'cart ' + id;
      }
    }
    class Items {
      find() {
        return 'items';
      }
    }
    // What a compiler makes of decorators.
    const route = (type, path, paths) => {
      const property = Object.getOwnPropertyDescriptor(type.prototype, 'find');
      Get(paths)(type.prototype, 'find', property);
      Controller(path)(type);
    };
    Param('id')(Carts.prototype, 'find', 0);
    route(Carts, 'carts', ':id');
    route(Items, 'items', undefined);
    class App {}
    Module({ controllers: [Carts, Items] })(App);
    const app = await NestFactory.create(App, { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const stop = () => app.close();
  `,
};

test.each(Object.entries(programs))(
  '%s: the end of a request has the route',
  async (_, program) => {
    const { events, stdout, stderr } = await run(`
    ${program}
    console.log(await get(url + '/carts/17'));
    console.log(await get(url + '/items'));
    await get(url + '/nowhere');
    await stop();
  `);

    expect({ stdout, stderr }).toEqual({ stdout: 'cart 17\nitems\n', stderr: '' });
    const end = events.find('end', /^GET \/carts\/:id 200$/);
    expect(Events.field(end, 'http.route')).toBe('/carts/:id');
    expect(events.parentsOf(end)).toEqual(['begin GET /carts/17']);
    expect(Events.field(events.find('end', /^GET \/items 200$/), 'http.route')).toBe('/items');
    const missed = events.find('end', /^GET \/nowhere 404$/);
    expect(Events.field(missed, 'http.route')).toBeUndefined();
  },
);

test('winston: a line is an event of the code that has written it', async () => {
  const { events, stdout } = await run(`
    import winston from 'winston';
    import { Writable } from 'node:stream';
    const stream = new Writable({ write: (chunk, encoding, done) => setTimeout(done, 1) });
    const logger = winston.createLogger({
      level: 'info',
      format: winston.format.combine(winston.format.splat(), winston.format.json()),
      transports: [new winston.transports.Stream({ stream })],
    });
    const { url, stop } = await serve(async (request, response) => {
      logger.info('one', { password: 'secret' });
      await pause();
      logger.child({ part: 2 }).error(new Error('no cart'));
      logger.log({ level: 'warn', message: 'three' });
      logger.debug('below the level');
      response.end('x');
    });
    const send = (n) => get(url + '/' + n, { headers: inTask(n + 1) });
    await Promise.all(Array.from({ length: 16 }, (_, n) => send(n)));
    process.stdout.write('done');
    await stop();
  `);

  expect(stdout).toBe('done');
  for (let n = 0; n < 16; n++) {
    const own = events.ofTask(n + 1);
    const parents = (label: string): string[] =>
      own.parentsOf(own.reports.find((one) => one.label === label)!);
    expect(parents('one')).toEqual([`begin GET /${n}`]);
    expect(parents('no cart')).toEqual(['event one']);
    expect(parents('three')).toEqual(['event no cart']);
    expect(own.parentsOf(own.find('end', /^GET/))).toEqual(['event three']);
  }
  const three = events.reports.find(({ label }) => label === 'three')!;
  expect(Events.field(three, 'log.level')).toBe('warn');
  expect(JSON.stringify(events.reports)).not.toMatch(/secret|below/);
});

test('Fastify serves HTTP/2', async () => {
  const { events, stdout, stderr } = await run(`
    import Fastify from 'fastify';
    import http2 from 'node:http2';
    const app = Fastify({ http2: true, forceCloseConnections: true });
    app.get('/carts/:id', async (request) => {
      await pause();
      return 'cart ' + request.params.id;
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const session = http2.connect(url);
    const stream = session.request({ ':path': '/carts/17', ...inTask(1) });
    stream.setEncoding('utf8').on('data', console.log);
    await once(stream, 'end');
    session.close();
    await app.close();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'cart 17\n', stderr: '' });
  const end = events.find('end', /^GET \/carts\/:id 200$/);
  expect(Events.field(end, 'http.route')).toBe('/carts/:id');
});
