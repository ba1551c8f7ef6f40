import { Project } from './project';

/** A program that uses every entry, and misuses some. */
const uses = `
  import throughline, { PluginError } from '@throughline/babel-plugin';
  import type { Options } from '@throughline/babel-plugin';
  import { getLocal, getSpawnCallback, register, setLocal, snapshot, wrap } from '@throughline/runtime';
  import type { SlotCallbacks, Token } from '@throughline/runtime';
  import { AsyncContext } from '@throughline/runtime/async-context';
  import { AsyncLocalStorage, AsyncResource } from '@throughline/runtime/async-local-storage';
  import { causeChain, describeCauses } from '@throughline/runtime/causes';
  import { encodeReport } from '@throughline/runtime/report';
  import { connect, log, startTask } from '@throughline/runtime/xtrace';

  const callbacks: SlotCallbacks<string[]> = { join: (mine, theirs) => [...mine, ...theirs] };
  const names: Token<string[]> = register<string[]>(() => [], callbacks);
  setLocal(names, ['ada']);
  const first: string | undefined = getLocal(names)[0];
  const add: (a: number) => number = wrap((a: number) => a + 1);
  const options: Options = { skip: ['timer'], sites: false };
  const variable: AsyncContext.Variable<string> = new AsyncContext.Variable({ defaultValue: 'ada' });
  const size: number = variable.run('bob', (text: string) => text.length, 'x');
  const storage = new AsyncLocalStorage<{ user: string }>();
  const user: string | undefined = storage.run({ user: 'ada' }, () => storage.getStore()?.user);
  const text: string = describeCauses(causeChain(new Error('boom')));
  new AsyncResource('POOL').runInAsyncScope(() => [size, user, text]);
  connect(':5563');
  startTask();
  log('first', { first: first ?? '' });
  export { PluginError, add, encodeReport, getSpawnCallback, options, snapshot, throughline };

  // @ts-expect-error: a slot takes values of its own type
  setLocal(names, 'ada');
  // @ts-expect-error: there is no such kind
  export const misspelt: Options = { skip: ['timers'] };
`;
const adapters = ['webpack', 'vite', 'rollup', 'rolldown', 'rspack', 'esbuild', 'bun'];
const usesAdapters = [
  ...adapters.map((name) => `import ${name} from '@throughline/babel-plugin/${name}';`),
  `const options = { include: ['src', /x/], exclude: [/node_modules/], sites: false };`,
  `export const plugins = [${adapters.map((name) => `${name}(options), ${name}()`).join(', ')}];`,
  `// @ts-expect-error: there is no such option`,
  `export const wrong = vite({ includes: [] });`,
].join('\n');

const versions = { '5': '5.9.3', '6': '6.0.3', '7': '7.0.2' };

describe.each(Object.entries(versions))('TypeScript %s', (_major, version) => {
  describe.each([
    ['Babel 7 and its types', ['@babel/core@7.29.13', '@types/babel__core@7.20.5']],
    ['Babel 7 without types', ['@babel/core@7.29.13']],
    ['Babel 8', ['@babel/core@8.1.3']],
  ])('%s', (_title, babel) => {
    let project: Project;
    beforeAll(async () => {
      project = await Project.with([...babel, `typescript@${version}`, '@types/node@20.19.43']);
    });
    const check = async (
      { resolution, module }: { resolution: string; module: string },
      files: Record<string, string>,
    ): Promise<void> => {
      const compilerOptions = {
        ...{ module, moduleResolution: resolution, noEmit: true, strict: true, types: ['node'] },
        ...{ skipLibCheck: false, exactOptionalPropertyTypes: true, target: 'es2022' },
        ...{ noUncheckedIndexedAccess: true, lib: ['es2022', 'dom'] },
      };
      const tsconfig = JSON.stringify({ compilerOptions, files: Object.keys(files) });
      project.write({ ...files, 'tsconfig.json': tsconfig });
      await project.run('node_modules/typescript/bin/tsc', '-p', '.');
    };
    const fromBoth = (text: string): Record<string, string> => ({ 'a.ts': text, 'b.cts': text });

    test('as a bundler resolves them', async () => {
      await check({ resolution: 'bundler', module: 'esnext' }, { 'a.ts': uses });
    });

    test.each(['node16', 'nodenext'])('as Node resolves them: %s', async (resolution) => {
      await check({ resolution, module: resolution }, fromBoth(uses));
    });

    test('adapters, whose tools are not installed', async () => {
      await check({ resolution: 'bundler', module: 'esnext' }, { 'a.ts': usesAdapters });
      await check({ resolution: 'nodenext', module: 'nodenext' }, fromBoth(usesAdapters));
    });
  });
});
