import { commonjsApp, moduleApp, outcome, typescriptApp } from './app';
import { nodeOf, Project } from './project';

const BABEL = 'node_modules/@babel/cli/bin/babel.js';
const plugins = ['@throughline/babel-plugin'];
const config = (options: object): Record<string, string> => ({
  'babel.config.json': JSON.stringify(options),
});

describe.each([
  ['Babel 7', ['cli@7.29.7', 'core@7.29.13', 'preset-env@7.29.14', 'preset-typescript@7.29.7']],
  ['Babel 8', ['cli@8.1.0', 'core@8.1.3', 'preset-env@8', 'preset-typescript@8.0.7']],
] as const)('%s', (name, packages) => {
  let project: Project;
  beforeAll(async () => {
    const node = name === 'Babel 8' ? await nodeOf(24) : process.execPath;
    project = await Project.with(
      packages.map((at) => `@babel/${at}`),
      node,
    );
  });

  test('modules, native async functions', async () => {
    project.write({ ...moduleApp(), ...config({ plugins }) });
    await project.run(BABEL, 'src', '--out-dir', 'out');

    expect(await project.outcomeOf('out/app.js')).toEqual(outcome);
  });

  test('CommonJS', async () => {
    // Without this Babel takes every file for a module, and a plugin's imports stay imports.
    const options = { sourceType: 'unambiguous', plugins };
    project.write({ ...commonjsApp(), ...config(options) }, { type: 'commonjs' });
    await project.run(BABEL, 'src', '--out-dir', 'out');

    expect(await project.outcomeOf('out/app.js')).toEqual(outcome);
  });

  test('TypeScript, lowered to ES5 by preset-env', async () => {
    const env = ['@babel/preset-env', { targets: 'ie 11', modules: 'commonjs' }];
    const typescript = ['@babel/preset-typescript', { rewriteImportExtensions: true }];
    project.write(
      { ...typescriptApp(), ...config({ presets: [env, typescript], plugins }) },
      { type: 'commonjs' },
    );
    await project.run(BABEL, 'src', '--out-dir', 'out', '--extensions', '.ts');

    expect(project.read('out/requests.js')).not.toMatch(/\bawait |=> /);
    expect(await project.outcomeOf('out/app.js')).toEqual(outcome);
  });

  test('a program without the plugin sees nothing, so the others prove something', async () => {
    project.write(moduleApp());

    expect(await project.seenBy('src/app.js')).toMatchObject({ afterwards: 'nobody', loaded: [] });
  });
});
