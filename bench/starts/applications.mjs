// Applications whose start is measured: what each consists of, and its program, which prints `ready` and how much memory it has.

/** Packages that many services load, beside Express. */
const SIXTY = [
  ...['ajv', 'amqplib', 'async', 'axios', 'bcryptjs', 'bluebird', 'body-parser', 'bullmq', 'chalk'],
  ...['cheerio', 'commander', 'compression', 'cookie-parser', 'cors', 'csv-parse', 'date-fns'],
  ...['dayjs', 'debug', 'dotenv', 'ejs', 'form-data', 'fs-extra', 'glob', 'handlebars', 'helmet'],
  ...['immer', 'ioredis', 'joi', 'js-yaml', 'jsonwebtoken', 'kafkajs', 'knex', 'lodash', 'luxon'],
  ...['marked', 'minimatch', 'moment', 'mongodb', 'mongoose', 'morgan', 'multer', 'mysql2'],
  ...['node-fetch', 'nodemailer', 'passport', 'pg', 'pino', 'pug', 'qs', 'ramda', 'redis', 'rxjs'],
  ...['sanitize-html', 'semver', 'sequelize', 'socket.io', 'uuid', 'validator', 'winston', 'ws'],
  ...['xml2js', 'yup', 'zod'],
];

/** Listens, and says so. */
const READY = `
  .listen(0, '127.0.0.1', () => console.log('ready ' + process.memoryUsage().rss));`;

const newest = (names) => Object.fromEntries(names.map((name) => [name, 'latest']));

/** By name: packages, files, and commands that prepare them. The program is `main.mjs` unless `main` says otherwise. */
export const applications = {
  'Express with 60 packages': {
    packages: newest(['express', ...SIXTY]),
    files: {
      'main.mjs': `${SIXTY.map((name) => `import '${name}';`).join('\n')}
import express from 'express';
express()${READY}`,
    },
  },
  Fastify: {
    packages: newest(['fastify', '@fastify/cors', '@fastify/helmet', '@fastify/swagger']),
    files: {
      'main.mjs': `
import fastify from 'fastify';
const app = fastify();
for (const name of ['@fastify/cors', '@fastify/helmet', '@fastify/swagger']) app.register(await import(name));
app.get('/', async () => 'hello');
await app.listen({ port: 0, host: '127.0.0.1' });
console.log('ready ' + process.memoryUsage().rss);`,
    },
  },
  Nest: {
    packages: newest([
      ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'],
      ...['class-validator', 'class-transformer'],
    ]),
    files: {
      'main.mjs': `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
class App {}
Module({})(App);
const app = await NestFactory.create(App, { logger: false });
await app.listen(0, '127.0.0.1');
console.log('ready ' + process.memoryUsage().rss);`,
    },
  },
  'Next, its server': {
    packages: newest(['next', 'react', 'react-dom']),
    files: {
      'next.config.mjs': `
const root = import.meta.dirname;
export default { output: 'standalone', outputFileTracingRoot: root, turbopack: { root } };`,
      'app/layout.js': `export default ({ children }) => <html><body>{children}</body></html>;`,
      'app/page.js': `export default () => <p>hello</p>;`,
    },
    prepare: [['next', 'build']],
    main: '.next/standalone/server.js',
    env: { HOSTNAME: '127.0.0.1', NEXT_TELEMETRY_DISABLED: '1' },
    ready: /Ready in/,
  },
  Apollo: {
    packages: newest(['@apollo/server', 'graphql']),
    files: {
      'main.mjs': `
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
const server = new ApolloServer({ typeDefs: 'type Query { hello: String }', resolvers: {} });
await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
console.log('ready ' + process.memoryUsage().rss);`,
    },
  },
  TypeORM: {
    packages: newest(['express', 'typeorm', 'reflect-metadata', 'sql.js']),
    files: {
      'main.mjs': `
import 'reflect-metadata';
import express from 'express';
import { DataSource, EntitySchema } from 'typeorm';
const Cart = new EntitySchema({ name: 'cart', columns: { id: { type: Number, primary: true } } });
await new DataSource({ type: 'sqljs', entities: [Cart], synchronize: true }).initialize();
express()${READY}`,
    },
  },
  Prisma: {
    packages: {
      ...newest(['express', '@prisma/client', '@prisma/adapter-pg', 'prisma', 'pg', 'esbuild']),
    },
    files: {
      'prisma/schema.prisma': `
generator client {
  provider = "prisma-client"
  output   = "../generated"
}
datasource db {
  provider = "postgresql"
}
model Cart {
  id Int @id
}`,
      'prisma.config.ts': `
import { defineConfig } from 'prisma/config';
export default defineConfig({ schema: 'prisma/schema.prisma', datasource: { url: 'postgresql://127.0.0.1/x' } });`,
      // It would be downloaded, and only migrations need it.
      'engine.sh': '#!/bin/sh\nexit 0\n',
      'main.mjs': `
import express from 'express';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './client.mjs';
new PrismaClient({ adapter: new PrismaPg({ connectionString: 'postgresql://127.0.0.1/x' }) });
express()${READY}`,
    },
    prepare: [
      ['prisma', 'generate'],
      [
        'esbuild',
        ...['generated/client.ts', '--bundle', '--platform=node', '--format=esm'],
        ...['--packages=external', '--outfile=client.mjs'],
      ],
    ],
    prepareEnv: { PRISMA_SCHEMA_ENGINE_BINARY: './engine.sh' },
  },
};
