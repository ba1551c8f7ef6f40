// What services ask of a SQL database, through any of its clients, and what the graph has of it.
import { Events } from '../operations/program';
import type { Finished } from '../operations/program';

/** What a service asks of a database: one query, three side by side, and one that fails. */
export const queries = (ask: string): string => `
  function asked(client, text) {
    return new Promise((resolve, reject) => {
      client.query(text, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }
  const { url, stop } = await serve(async (request, response) => {
    await ${ask}("insert into carts values (17, 'secret')");
    const parts = await Promise.all([
      ${ask}('select a from carts where a = 17'),
      ${ask}('select b from carts'),
      ${ask}('select 1 as one'),
    ]);
    await ${ask}('select a from nowhere').catch((error) => parts.push(error.code));
    response.end(String(parts.length) + parts[3]);
  });
  // A task of its own, which does not begin where this program does.
  console.log(await get(url + '/x', { headers: inTask(1) }));
  await stop();
`;

/** Expects what `queries` has done to be in the graph, by the names that the database has for the three and the failure. */
export function expectQueries({ events, stdout }: Finished, code: string, system: string): void {
  expect(stdout).toBe(`4${code}\n`);
  const begun = events.find('begin', /^INSERT carts$/);
  expect(events.parentsOf(begun)).toEqual(['begin GET /x']);
  expect(Events.field(begun, 'db.system.name')).toBe(system);
  expect(Events.field(begun, 'db.query.text')).toBe('insert into carts values (?)');
  for (const one of events.all('begin', /^SELECT( carts)?$/)) {
    expect(events.parentsOf(one)).toEqual(['end INSERT carts ended']);
  }
  expect(events.parentsOf(events.find('begin', /^SELECT nowhere$/))).toEqual([
    ...['end SELECT carts ended', 'end SELECT carts ended', 'end SELECT ended'],
  ]);
  const failed = events.find('end', /^SELECT nowhere failed$/);
  expect(Events.field(failed, 'error.type')).toBe(code);
  expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual([
    'end SELECT nowhere failed',
  ]);
  // A pool asks a connection later, when the line that has asked the pool is no longer on the stack.
  for (const one of events.all('begin', /carts|nowhere/)) {
    expect([one.label, one.source]).toEqual([
      one.label,
      expect.stringMatching(/^program\.mjs:\d+$/),
    ]);
  }
  expect(JSON.stringify(events.reports)).not.toContain('secret');
}

/** 32 requests at once, each with three queries of its own, two of them side by side. */
export const contention = (ask: string): string => `
  const ask = ${ask};
  const { url, stop } = await serve(async (request, response) => {
    const n = request.url.slice(1);
    await Promise.all([ask('select 1 as a' + n), ask('select 2 as a' + n)]);
    await ask('select 3 as a' + n);
    response.end();
  });
  const send = (n) => get(url + '/' + n, { headers: inTask(n + 1) });
  await Promise.all(Array.from({ length: 32 }, (_, n) => send(n)));
  await stop();
  await pool.end();
`;

/** Expects that each query is in the task of its request, and that the last has waited for the others. */
export function expectApart({ events, stderr }: Finished): void {
  expect(stderr).toBe('');
  for (let n = 0; n < 32; n++) {
    const own = events.ofTask(n + 1);
    const queried = own.reports.flatMap((one) => Events.field(one, 'db.query.text') ?? []);
    expect(queried).toEqual(Array.from({ length: 3 }, () => `select ? as a${n}`));
    const [first, second, third] = own.all('begin', /^SELECT$/);
    expect(own.parentsOf(first!)).toEqual([`begin GET /${n}`]);
    expect(own.parentsOf(second!)).toEqual([`begin GET /${n}`]);
    expect(own.parentsOf(third!)).toEqual(['end SELECT ended', 'end SELECT ended']);
  }
}
