import { commonjsApp, moduleApp, seen, typescriptApp } from './app';
import { nodeOf, Project } from './project';

const REGISTER = ['--import', '@throughline/babel-plugin/register'];
const typescript = {
  'babel.config.json': JSON.stringify({ presets: ['@babel/preset-typescript'] }),
};

describe.each([20, 22, 24, 26] as const)('node --import …/register on Node %i', (major) => {
  let project: Project;
  beforeAll(async () => {
    const packages = ['@babel/core@7.29.13', '@babel/preset-typescript@7.29.7'];
    project = await Project.with(packages, await nodeOf(major));
  });

  test('modules', async () => {
    project.write(moduleApp());

    expect(await project.seenBy(...REGISTER, 'src/app.js')).toEqual(seen);
  });

  test('CommonJS', async () => {
    project.write(commonjsApp(), { type: 'commonjs' });

    expect(await project.seenBy(...REGISTER, 'src/app.js')).toEqual(seen);
  });

  test('CommonJS that a module imports, and a module that CommonJS imports', async () => {
    const app = Object.entries(commonjsApp()).map(([name, text]) => [
      name.replace('.js', '.cjs'),
      text.replaceAll(/(?<="?'?\.\/\w+)\.js(?=["'])/g, '.cjs'),
    ]);
    project.write({
      ...Object.fromEntries(app),
      'main.js': `
        import requests from './src/requests.cjs';
        console.log(JSON.stringify(await requests.main()));`,
      'main.cjs': `import('./main.js');`,
    });

    expect(await project.seenBy(...REGISTER, 'main.js')).toEqual(seen);
    expect(await project.seenBy(...REGISTER, 'main.cjs')).toEqual(seen);
  });

  test('TypeScript modules', async () => {
    project.write({ ...typescriptApp(), ...typescript });

    expect(await project.seenBy(...REGISTER, 'src/app.ts')).toEqual(seen);
  });

  test('an error names the line that was written', async () => {
    project.write({
      'late.js': [
        'export async function late() {',
        '  await null;',
        "  throw new Error('late');",
        '}',
        'late().catch(({ stack }) => console.log(JSON.stringify(stack)));',
      ].join('\n'),
    });
    const stack = await project.seenBy('--enable-source-maps', ...REGISTER, 'late.js');

    expect(stack).toMatch(/late\.js:3:\d+/);
  });
});
