import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeOf, Project } from './project';

// What a listener of a connection sees does not depend on whether the library is instrumented, nor on the bridge.

const REGISTER = ['--import', '@throughline/babel-plugin/register'];

const each = (lines: readonly string[]): string[] =>
  ['ada', 'bob'].flatMap((name) => lines.map((line) => line.replaceAll('NAME', name))).sort();

/** The programs, with what they see, and those that need help without the bridge and with `include: []`. */
const programs: Record<string, { seen: string[]; lostAlone?: RegExp }> = {
  'ws.mjs': {
    seen: each([
      ...['open NAME: NAME', 'client message re:hi NAME: NAME2', 'client close NAME: NAME2'],
      ...[
        'server message hi NAME on server-NAME: server-NAME',
        'server close server-NAME: server-NAME',
      ],
    ]),
  },
  'socket-io.mjs': {
    seen: each([
      ...['middleware NAME: nobody', 'connect NAME: NAME', 'ask NAME: server-NAME'],
      ...['after ask NAME: server-NAME', 'answer re:NAME: NAME2', 'ask NAMEp: server-NAME'],
      ...[
        'after ask NAMEp: server-NAME',
        'promise re:NAMEp: NAME2',
        'disconnect NAME: server-NAME',
      ],
    ]),
  },
  'http.mjs': {
    seen: ['express', 'koa', 'fastify']
      .flatMap((framework) =>
        each(['finish NAME: NAME', 'close NAME: NAME', 'end NAME: NAME', 'handler NAME: NAME']).map(
          (line) => `${framework} ${line}`,
        ),
      )
      .concat(each(['koa after NAME: NAME']))
      .sort(),
    // A framework that waits and is not instrumented loses the context, and says so.
    lostAlone: /^(?:koa|fastify) handler/,
  },
};

describe.each([20, 24] as const)('Node %i', (major) => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with(
      [
        ...['@babel/core@7.29.13', 'ws@8.23.0', 'socket.io@4.8.4', 'socket.io-client@4.8.4'],
        ...['express@5.3.0', 'koa@3.3.0', 'koa-bodyparser@4.4.1', 'fastify@5.12.8'],
      ],
      await nodeOf(major),
    );
  });

  describe.each(Object.entries(programs))('%s', (name, { seen, lostAlone }) => {
    test.each([
      ['only the program instrumented', [], 'off'],
      ['only the program instrumented, with the bridge', [], 'on'],
      ['everything instrumented', 'all', 'off'],
      ['everything instrumented, with the bridge', 'all', 'on'],
    ])('%s', async (_title, include, bridge) => {
      const code = readFileSync(join(__dirname, 'both-ways', name), 'utf8');
      project.write({ 'app.mjs': code }, { throughline: { include } });
      const found = JSON.parse(
        await project.runWith({ THROUGHLINE_BRIDGE: bridge }, ...REGISTER, 'app.mjs'),
      ) as string[];

      const isAlone = lostAlone !== undefined && include !== 'all' && bridge === 'off';
      const kept = (line: string): boolean => !isAlone || !lostAlone.test(line);
      expect(found.filter(kept)).toEqual(seen.filter(kept));
    });
  });
});
