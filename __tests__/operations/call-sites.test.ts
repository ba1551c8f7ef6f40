import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prelude, Programs } from './program';
import type { Finished } from './program';

const programs = new Programs();
beforeAll(() => {
  // A package that asks a server at once, and one that does so later.
  const folder = join(programs.folder, 'node_modules', 'asker');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "main": "index.js" }');
  writeFileSync(
    join(folder, 'index.js'),
    `
      import http from 'node:http';
      export const ask = (url) => new Promise((resolve, reject) => {
        http.get(url, (answer) => answer.resume().on('end', resolve)).on('error', reject);
      });
      export async function askLater(url) {
        await null;
        await null;
        return await ask(url);
      }
    `,
  );
});
afterAll(() => programs.remove());

const lines = prelude.split('\n').length - 1;

/** Runs a program, and returns what its events say where they come from, with lines counted from the program's own first one. */
async function sources(
  code: string,
): Promise<{ finished: Finished; of: (label: RegExp) => unknown }> {
  const finished = await programs.run(`${prelude}${code}`);
  const of = (label: RegExp): unknown => {
    const events = finished.events.reports.filter(
      (one) => label.test(one.label) && !one.fields?.some(([, value]) => value === 'end'),
    );
    return events.map(({ source }) => {
      const [, file, line] = /^(.*):(\d+)$/.exec(source ?? '') ?? [];
      return file === undefined ? undefined : `${file}:${Number(line) - lines}`;
    });
  };
  return { finished, of };
}

test('an operation names the line of the program that has called the library', async () => {
  const { finished, of } = await sources(`import { ask, askLater } from 'asker';
    const server = await serve((request, response) => response.end());
    async function direct() {
      await fetch(server.url + '/fetch');
      await new Promise((resolve) => http.get(server.url + '/http', (answer) => answer.resume().on('end', resolve)));
    }
    await direct();
    await ask(server.url + '/library');
    await askLater(server.url + '/later');
    await new Promise((resolve) => setTimeout(async () => resolve(await fetch(server.url + '/timer')), 1));
    await server.stop();
  `);
  expect(finished.stderr).toBe('');
  const client = (path: string): unknown => of(new RegExp(`^GET 127.*/${path}$`));
  expect(client('fetch')).toEqual(['program.js:4']);
  expect(client('http')).toEqual(['program.js:5']);
  expect(client('library')).toEqual(['program.js:8']);
  expect(client('later')).toEqual(['program.js:9']);
  expect(client('timer')).toEqual(['program.js:10']);
  // The request came from outside, for all that the server knows.
  expect(of(/^GET \/fetch$/)).toEqual([undefined]);
});

test('a line of the console names where it was written', async () => {
  const { of } = await sources(`console.log('one');
    function two() {
      console.error('two');
    }
    two();
  `);
  expect(of(/^one$/)).toEqual(['program.js:1']);
  expect(of(/^two$/)).toEqual(['program.js:3']);
});

test('how the program writes its stacks stays as it is', async () => {
  const { finished, of } =
    await sources(`const before = JSON.stringify(Object.getOwnPropertyDescriptors(Error));
    console.log('with the settings of Node');
    console.log(before === JSON.stringify(Object.getOwnPropertyDescriptors(Error)));
    Error.stackTraceLimit = 3;
    Error.prepareStackTrace = (error, sites) => 'written by the program: ' + sites.length;
    console.log('with its own');
    console.log(new Error('x').stack, Error.stackTraceLimit);
    delete Error.stackTraceLimit;
    console.log('without');
    console.log('stackTraceLimit' in Error, new Error('x').stack);
  `);
  expect(finished.stdout.split('\n')).toEqual([
    'with the settings of Node',
    'true',
    'with its own',
    expect.stringMatching(/^written by the program: [123] 3$/),
    'without',
    expect.stringMatching(/^false /),
    '',
  ]);
  expect(of(/^without$/)).toEqual(['program.js:9']);
});

test('where the engine cannot tell, an operation is logged without a line', async () => {
  const { finished, of } =
    await sources(`const server = await serve((request, response) => response.end());
    Object.freeze(Error);
    await get(server.url + '/frozen');
    await server.stop();
  `);
  expect(finished.code).toBe(0);
  expect(of(/^GET 127.*frozen$/)).toEqual([undefined]);
});
