import { Events, prelude, runTraced } from '../operations/program';
import { nodeOf, Project } from './project';
import './patience';

const PACKAGES = ['better-sqlite3@13.2.0', '@babel/preset-typescript@7.29.7'];

/** The two databases that run in the process itself: their classes, and the Node that has them. */
const DATABASES = [
  ['better-sqlite3', 24, `import Database from 'better-sqlite3';`],
  ['node:sqlite', 24, `import { DatabaseSync as Database } from 'node:sqlite';`],
  [
    'node:sqlite, as a whole',
    24,
    `import * as sqlite from 'node:sqlite'; const Database = sqlite.DatabaseSync;`,
  ],
  ['node:sqlite, required', 24, `const { DatabaseSync: Database } = require('node:sqlite');`],
] as const;

test('node:sqlite: statements that a module prepares at once, and a class that is only a type', async () => {
  const project = await Project.with(PACKAGES);
  const { events, stdout, stderr } = await runTraced(
    project.folder,
    'program.ts',
    `import { DatabaseSync } from 'node:sqlite';
     import type { StatementSync } from 'node:sqlite';
     import { type DatabaseSync as Other } from 'node:sqlite';
     const db = new DatabaseSync(':memory:');
     const find: StatementSync = db.prepare('select 1 as x');
     setTimeout(() => console.log((find.get() as any).x, typeof (db as Other)), 1);
    `,
    { NODE_NO_WARNINGS: '1', THROUGHLINE_LOGS: 'off' },
    await nodeOf(24),
  );
  expect([stderr, stdout]).toEqual(['', '1 object\n']);
  expect(events.all('begin', /^SELECT$/)).toHaveLength(1);
});

test.each(DATABASES)(
  '%s: queries are operations of the code that has made them',
  async (_, node, imports) => {
    const path = await nodeOf(node);
    const project = await Project.with(PACKAGES);
    const isRequired = imports.includes('require(');
    const head = isRequired
      ? prelude.replace(/import (\{?.*?\}?) from '(.*?)';/g, "const $1 = require('$2');")
      : prelude;
    const { events, stdout, stderr } = await runTraced(
      project.folder,
      isRequired ? 'program.cjs' : 'program.mjs',
      `${imports}
      ${head}
      async function main() {
        const db = new Database(':memory:');
        db.exec("create table carts (id int, owner text); insert into carts values (1, 'ada')");
        const { url, stop } = await serve(async (request, response) => {
          const cart = db.prepare('select * from carts where id = ?').get(1);
          await null;
          db.prepare("insert into carts values (?, 'secret')").run(2);
          const all = db.prepare('select owner from carts').all();
          let failed;
          try { db.exec('select x from nowhere'); } catch (error) { failed = error.message; }
          response.end([cart.owner, all.length, failed].join());
        });
        console.log(await get(url + '/x', { headers: inTask(1) }));
        await stop();
      }
      main();
    `,
      { NODE_NO_WARNINGS: '1', THROUGHLINE_LOGS: 'off' },
      path,
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('ada,2,no such table: nowhere\n');
    const own = events.ofTask(1);
    const labels = own.reports
      .map(({ label }) => label)
      .filter((label) => !label.startsWith('GET'));
    expect(labels).toEqual([
      ...['SELECT carts', 'SELECT carts ended', 'INSERT carts', 'INSERT carts ended'],
      ...['SELECT carts', 'SELECT carts ended', 'SELECT nowhere', 'SELECT nowhere failed'],
    ]);
    const insert = own.find('begin', /^INSERT carts$/);
    expect(Events.field(insert, 'db.system.name')).toBe('sqlite');
    expect(Events.field(insert, 'db.query.text')).toBe('insert into carts values (?)');
    expect(insert.source).toMatch(/^program\.[cm]js:\d+$/);
    expect(own.parentsOf(insert)).toEqual(['end SELECT carts ended']);
    expect(own.parentsOf(own.find('end', /^GET \/x 200$/))).toEqual(['end SELECT nowhere failed']);
  },
);
