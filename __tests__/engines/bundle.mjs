// Compiles the suite with the built plugin and bundles it with the built runtime: one script a form.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformAsync } from '@babel/core';
import { rolldown } from 'rolldown';
import { lowering } from './engines.mjs';
import { installFromNpm } from './install.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const suite = fileURLToPath(new URL('./suite', import.meta.url));
const harness = join(suite, 'harness') + sep;
const ENTRY = 'throughline-suite';

/** Copies what was built, so that a build that goes on meanwhile changes nothing. */
export function copyBuilt(cache) {
  // Under a node_modules, where Jest looks for no packages of the repository.
  const folder = join(cache, 'built', 'node_modules', '@throughline');
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['runtime', 'babel-plugin']) {
    const from = join(root, name);
    if (!existsSync(join(from, 'dist', 'esm', 'index.js'))) {
      throw new Error(`${name} is not built: run "npm run build" first.`);
    }
    mkdirSync(join(folder, name), { recursive: true });
    for (const part of ['dist', 'package.json']) {
      cpSync(join(from, part), join(folder, name, part), { recursive: true });
    }
  }
  return folder;
}

/** The suite as one script for engines of today. */
export function bundleModern(built) {
  return bundle(built, (file) => file);
}

/**
 * The same for engines without classes, private fields or async arrows: lowered after our plugin. Where
 * the runtime has a part for engines without private fields, that is taken.
 */
export async function bundleLowered(built, cache) {
  const plain = await bundle(built, (file) => {
    const other = file.replace(/\.js$/, '.plain.js');
    return existsSync(other) ? other : file;
  });
  const tools = createRequire(
    join(installFromNpm(join(cache, 'lowering'), lowering), 'from-here.js'),
  );
  const result = await tools('@babel/core').transformAsync(plain, {
    ...{ configFile: false, babelrc: false, compact: false, sourceType: 'script' },
    presets: [[tools('@babel/preset-env'), { forceAllTransforms: true, modules: false }]],
  });
  return result.code;
}

async function bundle(built, choose) {
  const plugin = (
    await import(pathToFileURL(join(built, 'babel-plugin', 'dist', 'esm', 'index.js')).href)
  ).default;
  const build = await rolldown({
    input: ENTRY,
    cwd: suite,
    platform: 'neutral',
    checks: { pluginTimings: false },
    plugins: [families(), compiled(plugin), resolved(built, choose)],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  const { output } = await build.generate({ format: 'iife', keepNames: false, minify: false });
  await build.close();
  return output[0].code;
}

/** The entry: every family of the suite, and those of the runtime's faces, in order of names. */
function families() {
  const files = [suite, join(suite, 'faces')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => join(folder, name)),
  );
  return {
    name: 'families',
    resolveId: (id) => (id === ENTRY ? ENTRY : undefined),
    load: (id) =>
      id === ENTRY
        ? [...files, join(harness, 'main.ts')]
            .map((file) => `import ${JSON.stringify(file)};`)
            .join('\n')
        : undefined,
  };
}

const UNCOMPILED = '?uncompiled';

/** Our plugin over every file of the suite but its harness and what is asked for as it is written. */
function compiled(plugin) {
  return {
    name: 'compiled',
    resolveId: (id, importer) =>
      id.endsWith(UNCOMPILED)
        ? `${join(dirname(importer), id.slice(0, -UNCOMPILED.length))}.ts${UNCOMPILED}`
        : undefined,
    load: (id) =>
      id.endsWith(UNCOMPILED)
        ? { code: readFileSync(id.slice(0, -UNCOMPILED.length), 'utf8'), moduleType: 'ts' }
        : undefined,
    async transform(code, id) {
      if (!id.startsWith(suite) || id.startsWith(harness) || id.endsWith(UNCOMPILED)) return null;
      const generators = id.endsWith('.creation.ts') ? 'creation' : 'caller';
      const result = await transformAsync(code, {
        ...{ configFile: false, babelrc: false, cwd: suite, filename: relative(suite, id) },
        presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
        plugins: [[plugin, { generators }]],
      });
      return { code: result.code, moduleType: 'js' };
    },
  };
}

/** The runtime as it was built: its entries, and the sources of parts that no entry gives. */
function resolved(built, choose) {
  const dist = join(built, 'runtime', 'dist', 'esm');
  const { exports } = JSON.parse(readFileSync(join(built, 'runtime', 'package.json'), 'utf8'));
  return {
    name: 'runtime',
    resolveId(id, importer) {
      if (importer?.startsWith(dist) && id.startsWith('.')) {
        return choose(join(dirname(importer), id));
      }
      const source = id.split('/runtime/src/')[1];
      if (source !== undefined) return choose(join(dist, `${source}.js`));
      if (!id.startsWith('@throughline/runtime')) return undefined;
      const entry = exports[`.${id.slice('@throughline/runtime'.length)}`];
      return join(built, 'runtime', entry.import.default);
    },
  };
}
