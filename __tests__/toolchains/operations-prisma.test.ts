// Prisma asks a database through its adapter: the queries are operations of the request and of the line that waits for them.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { Events, prelude, runTraced } from '../operations/program';
import { Project } from './project';
import { startPostgres } from './servers';
import type { Server } from './servers';

let server: Server;
let project: Project;
beforeAll(async () => {
  server = await startPostgres();
  project = await Project.with([
    ...['prisma@7.10.1', '@prisma/client@7.10.0', '@prisma/adapter-pg@7.10.1', 'pg@8.23.1'],
    '@babel/preset-typescript@7.29.7',
  ]);
});
afterAll(() => server.stop());

test('Prisma: 16 requests at once, each query from its line', async () => {
  const url = `postgresql://postgres@127.0.0.1:${server.port}/postgres`;
  project.write({
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
        n  Int
      }`,
    'prisma.config.ts': `
      import { defineConfig } from 'prisma/config';
      export default defineConfig({ schema: 'prisma/schema.prisma', datasource: { url: '${url}' } });`,
    // It would be downloaded, and only migrations need it.
    'engine.sh': '#!/bin/sh\nexit 0\n',
  });
  chmodSync(join(project.folder, 'engine.sh'), 0o755);
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: join(project.folder, 'engine.sh') };
  await project.runWith(env, 'node_modules/prisma/build/index.js', 'generate');
  const { events, stdout, stderr } = await runTraced(
    project.folder,
    'program.mjs',
    `${prelude}
    import pg from 'pg';
    import { PrismaPg } from '@prisma/adapter-pg';
    import { PrismaClient } from './generated/client.ts';
    const client = new pg.Client('${url}');
    await client.connect();
    await client.query('create table "Cart" (id int primary key, n int)');
    await client.end();
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: '${url}', max: 40 }) });
    const { url: own, stop } = await serve(async (request, response) => {
      const id = Number(request.url.slice(1));
      await prisma.cart.create({ data: { id, n: 0 } });
      const [cart, count] = await Promise.all([
        prisma.cart.findUnique({ where: { id } }),
        prisma.cart.count({ where: { id } }),
      ]);
      await prisma.cart.update({ where: { id }, data: { n: cart.n + count } });
      const [{ n }] = await prisma.$queryRaw\`select n from "Cart" where id = \${id}\`;
      response.end(String(n));
    });
    const ask = (n) => get(own + '/' + n, { headers: inTask(n + 1) });
    const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => ask(n)));
    console.log(new Set(answers));
    await stop();
    await prisma.$disconnect();`,
  );

  expect({ stdout, stderr }).toEqual({ stdout: "Set(1) { '1' }\n", stderr: '' });
  const sources: (string | undefined)[] = [];
  for (let n = 0; n < 16; n++) {
    const own = events.ofTask(n + 1);
    const added = own.find('begin', /^INSERT Cart$/);
    const found = own.all('begin', /^SELECT Cart$/);
    expect(own.parentsOf(added)).toEqual([`begin GET /${n}`]);
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const one of found.slice(0, 2)) {
      expect(own.parentsOf(one)).toEqual(['end INSERT Cart ended']);
    }
    expect(own.parentsOf(own.find('begin', /^UPDATE Cart$/))).toEqual([
      ...['end SELECT Cart ended', 'end SELECT Cart ended'],
    ]);
    for (const one of [added, ...found]) {
      sources.push(one.source);
      expect(Events.field(one, 'db.system.name')).toBe('postgresql');
    }
  }
  // A machine that is busy has no time to look for all.
  const known = sources.filter((source) => source !== undefined);
  expect(known.length).toBeGreaterThan(0);
  for (const source of known) expect(source).toMatch(/^program\.mjs:\d+$/);
});
