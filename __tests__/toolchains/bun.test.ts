import { join } from 'node:path';
import { commonjsApp, moduleApp, seen, typescriptApp } from './app';
import { run } from './programs';
import { Project } from './project';

const preload = `
  import { plugin } from 'bun';
  import throughline from '@throughline/babel-plugin/bun';
  plugin(throughline());`;

let project: Project;
beforeAll(async () => {
  project = await Project.with(['@babel/core@7.29.13', 'bun@1.4.5']);
});
async function seenByBun(...args: string[]): Promise<unknown> {
  const bun = join(project.folder, 'node_modules', 'bun', 'bin', 'bun.exe');
  return JSON.parse(await run(bun, args, { cwd: project.folder }));
}

test('modules, with a preload', async () => {
  project.write({ ...moduleApp(), 'preload.js': preload });

  expect(await seenByBun('--preload', './preload.js', 'src/app.js')).toEqual(seen);
});

test('TypeScript, with a preload from bunfig.toml', async () => {
  project.write({
    ...typescriptApp(),
    'preload.js': preload,
    'bunfig.toml': 'preload = ["./preload.js"]',
  });

  expect(await seenByBun('src/app.ts')).toEqual(seen);
});

test('CommonJS, with a preload', async () => {
  project.write({ ...commonjsApp(), 'preload.js': preload }, { type: 'commonjs' });

  expect(await seenByBun('--preload', './preload.js', 'src/app.js')).toEqual(seen);
});

test('CommonJS with types, whose parts need each other and ask who is the main module', async () => {
  project.write(
    {
      'preload.js': preload,
      'main.cts': `
        import type { EventEmitter } from 'events';
        const { ask } = require('./one.cts') as { ask(): Promise<string> };
        let bell: EventEmitter | undefined;
        ask().then((seen: string) => console.log(JSON.stringify([seen, require.main === module])));`,
      'one.cts': `
        exports.name = 'one';
        const { nameOfOne } = require('./two.cts');
        exports.ask = async (): Promise<string> => { await null; return nameOfOne; };`,
      'two.cts': `exports.nameOfOne = require('./one.cts').name;`,
      'main.js': `
        import one, { ask } from './one.cts';
        console.log(JSON.stringify([await ask(), one.ask === ask]));`,
    },
    { type: 'commonjs' },
  );

  expect(await seenByBun('--preload', './preload.js', 'main.cts')).toEqual(['one', true]);
  expect(await seenByBun('--preload', './preload.js', 'main.js')).toEqual(['one', true]);
});

test('a bundle by Bun', async () => {
  project.write({
    ...moduleApp(),
    'build.js': `
      import throughline from '@throughline/babel-plugin/bun';
      const built = await Bun.build({
        entrypoints: ['src/app.js'], outdir: 'dist', target: 'bun', plugins: [throughline()],
      });
      console.log(built.success);`,
  });

  expect(await seenByBun('build.js')).toBe(true);
  expect(await seenByBun('dist/app.js')).toEqual(seen);
});
