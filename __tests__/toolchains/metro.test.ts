import { appWithoutClient, seen } from './app';
import { nodeOf, Project } from './project';

const METRO = '0.87.1';
const REACT_NATIVE = '0.88.1';
const configuration = (rest: string): string => `
  module.exports = {
    projectRoot: __dirname,
    maxWorkers: 1,
    transformer: { ${rest} },
  };`;
const build = `
  const Metro = require('metro');
  const [dev, minify] = process.argv.slice(2).map((flag) => flag === 'true');
  Metro.loadConfig({ config: __dirname + '/metro.config.js', resetCache: true })
    .then((config) => Metro.runBuild(config, { entry: 'src/app.js', out: 'dist/app', dev, minify }));`;

let project: Project;
beforeAll(async () => {
  const packages = [
    ...['@babel/core@7.29.13', '@babel/runtime@7', 'events@3.3.0', `metro@${METRO}`],
    ...['metro-babel-transformer', 'metro-config'].map((name) => `${name}@${METRO}`),
    ...['metro-babel-transformer', 'babel-preset'].map(
      (name) => `@react-native/${name}@${REACT_NATIVE}`,
    ),
  ];
  project = await Project.with(packages, await nodeOf(24));
});

const reactNative = `babelTransformerPath: require.resolve('@react-native/metro-babel-transformer')`;
const inline = `getTransformOptions: async () => ({
  transform: { experimentalImportSupport: true, inlineRequires: true },
})`;
const PRESET = 'module:@react-native/babel-preset';
const PLUGIN = '@throughline/babel-plugin';

test.each([
  ['React Native, in development', reactNative, [true, false]],
  ['React Native, minified, with inline requires', `${reactNative}, ${inline}`, [false, true]],
] as const)('%s', async (_title, transformer, flags) => {
  const babel = { presets: [PRESET], plugins: [PLUGIN] };
  project.write(
    {
      ...appWithoutClient(),
      'babel.config.js': `module.exports = ${JSON.stringify(babel)};`,
      'metro.config.js': configuration(transformer),
      'build.js': build,
      'dist/.keep': '',
    },
    { type: 'commonjs' },
  );
  await project.run('build.js', ...flags.map(String));

  // A telephone has no `require` outside of the bundle.
  const evaluated = `new Function(require('node:fs').readFileSync('dist/app.js', 'utf8'))()`;
  expect(await project.seenBy('-e', evaluated)).toEqual(seen);
});
