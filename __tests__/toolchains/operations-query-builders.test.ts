// Query builders and mappers, which ask a database through its client: their queries are its operations, most of them from the
// line of the program that waits for them.
import type { Report } from '@throughline/runtime/report';
import { Events } from '../operations/program';
import { startPostgres } from './servers';
import type { Server } from './servers';
import { programsWith } from './traced';

const run = programsWith([
  'drizzle-orm@0.45.4',
  'knex@3.3.0',
  'pg@8.23.1',
  'reflect-metadata@0.2.2',
  'sequelize@6.37.8',
  'typeorm@1.1.1',
]);

let server: Server;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** How each is opened, adds a cart, counts the carts with a number, and is closed. */
const builders = {
  knex: `
    import knex from 'knex';
    const db = knex({ client: 'pg', connection: url, pool: { min: 0, max: 40 } });
    const add = (n) => db('carts').insert({ n });
    const count = (n) => db('carts').where({ n }).count('* as found').then(([{ found }]) => Number(found));
    const close = () => db.destroy();`,
  typeorm: `
    import 'reflect-metadata';
    import { DataSource, EntitySchema } from 'typeorm';
    const Cart = new EntitySchema({ name: 'cart', tableName: 'carts', columns: {
      id: { type: Number, primary: true, generated: true },
      n: { type: Number },
    } });
    const source = await new DataSource({ type: 'postgres', url, entities: [Cart] }).initialize();
    const add = (n) => source.getRepository(Cart).insert({ n });
    const count = (n) => source.getRepository(Cart).countBy({ n });
    const close = () => source.destroy();`,
  sequelize: `
    import { Sequelize, DataTypes } from 'sequelize';
    const db = new Sequelize(url, { logging: false });
    const Cart = db.define('cart', { n: DataTypes.INTEGER }, { tableName: 'carts', timestamps: false });
    const add = (n) => Cart.create({ n });
    const count = (n) => Cart.count({ where: { n } });
    const close = () => db.close();`,
  'drizzle-orm': `
    import { drizzle } from 'drizzle-orm/node-postgres';
    import { count as counted, eq } from 'drizzle-orm';
    import { integer, pgTable, serial } from 'drizzle-orm/pg-core';
    const carts = pgTable('carts', { id: serial().primaryKey(), n: integer() });
    const db = drizzle(url);
    const add = (n) => db.insert(carts).values({ n });
    const count = async (n) => {
      const [{ found }] = await db.select({ found: counted() }).from(carts).where(eq(carts.n, n));
      return found;
    };
    const close = () => db.$client.end();`,
};

test.each(Object.entries(builders))(
  '%s: queries are operations of the request that waits for them',
  async (_name, open) => {
    const { events, stdout, stderr } = await run(`
      import pg from 'pg';
      const url = 'postgres://postgres@127.0.0.1:${server.port}/postgres';
      const client = new pg.Client(url);
      await client.connect();
      await client.query('drop table if exists carts; create table carts (id serial primary key, n int)');
      await client.end();
      ${open}
      const { url: own, stop } = await serve(async (request, response) => {
        const n = Number(request.url.slice(1));
        const added = add(n);
        await added;
        const counts = await Promise.all([count(n), count(n + 100)]);
        response.end(counts.join());
      });
      const ask = (n) => get(own + '/' + n, { headers: inTask(n + 1) });
      const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => ask(n)));
      console.log(new Set(answers));
      await stop();
      await close();
    `);

    expect(stderr).toBe('');
    expect(stdout).toBe("Set(1) { '1,0' }\n");
    const sources: (string | undefined)[] = [];
    for (let n = 0; n < 16; n++) {
      const own = events.ofTask(n + 1);
      const added = own.find('begin', /^INSERT/);
      const counts = own.all('begin', /^SELECT carts/);
      expect(counts).toHaveLength(2);
      /** The parents that are no questions of a new connection, which some ask it before it is used. */
      const after = (one: Report): string[] =>
        own
          .parentsOf(one)
          .filter((parent) => !/^end (?:SET|WITH pg_range|SELECT) ended$/.test(parent));
      expect([`begin GET /${n}`, undefined]).toContain(after(added)[0]);
      for (const one of counts) {
        expect(['end INSERT carts ended', undefined]).toContain(after(one)[0]);
      }
      expect(own.parentsOf(own.find('end', /^GET/))).toEqual([
        expect.stringMatching(/^end SELECT/),
        expect.stringMatching(/^end SELECT/),
      ]);
      for (const one of [added, ...counts]) {
        sources.push(one.source);
        expect(Events.field(one, 'db.system.name')).toBe('postgresql');
      }
    }
    // A machine that is busy has no time to look for all.
    const known = sources.filter((source) => source !== undefined);
    expect(known.length).toBeGreaterThan(0);
    for (const source of known) expect(source).toMatch(/^program\.mjs:\d+$/);
  },
);
