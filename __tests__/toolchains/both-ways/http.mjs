// Requests and responses, of Node and of frameworks that read the body before they call the program.
import express from 'express';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import fastify from 'fastify';
import { getLocal, register, setLocal } from '@throughline/runtime';

const user = register('nobody');
const seen = [];
const note = (what) => seen.push(`${what}: ${getLocal(user)}`);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function follow(framework, name, request, response) {
  setLocal(user, name);
  response.on('finish', () => note(`${framework} finish ${name}`));
  response.once('close', () => note(`${framework} close ${name}`));
  request.on('end', () => note(`${framework} end ${name}`));
}

const app = express();
app.use((request, response, next) => {
  follow('express', request.headers.name, request, response);
  next();
});
app.use(express.json());
app.post('/', async (request, response) => {
  note(`express handler ${request.body.name}`);
  await wait(1);
  response.json({});
});

const koa = new Koa();
koa.use(async (context, next) => {
  follow('koa', context.headers.name, context.req, context.res);
  await next();
  note(`koa after ${context.headers.name}`);
});
koa.use(bodyParser());
koa.use(async (context) => {
  note(`koa handler ${context.request.body.name}`);
  await wait(1);
  context.body = {};
});

const fast = fastify();
fast.addHook('onRequest', (request, reply, done) => {
  follow('fastify', request.headers.name, request.raw, reply.raw);
  done();
});
fast.addHook('preHandler', async () => wait(1));
fast.post('/', async (request) => {
  note(`fastify handler ${request.body.name}`);
  return {};
});
await fast.listen({ port: 0, host: '127.0.0.1' });

const servers = {
  express: app.listen(0, '127.0.0.1'),
  koa: koa.listen(0, '127.0.0.1'),
  fastify: fast.server,
};
await wait(20);
await Promise.all(
  Object.values(servers).flatMap((server) =>
    ['ada', 'bob'].map(async (name) => {
      const headers = { name, 'content-type': 'application/json', connection: 'close' };
      const body = JSON.stringify({ name });
      const url = `http://127.0.0.1:${server.address().port}/`;
      await (await fetch(url, { method: 'POST', headers, body })).text();
    }),
  ),
);
await wait(50);
for (const server of Object.values(servers)) server.close();
console.log(JSON.stringify(seen.sort()));
