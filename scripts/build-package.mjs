// Builds one package to dist/esm and dist/cjs, each with its type declarations.
//
//   node scripts/build-package.mjs runtime [--no-types]
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const [name] = process.argv.slice(2);
const types = !process.argv.includes('--no-types');
const folder = join(root, name);
const dist = join(folder, 'dist');

// Bundlers read `sideEffects` and `browser` from the nearest package.json, which is the one written here.
const { sideEffects, browser } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const doing = sideEffects?.map((file) => file.replace('./dist/*/', './'));

rmSync(dist, { recursive: true, force: true });
for (const [format, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
]) {
  const out = join(dist, format);
  mkdirSync(out, { recursive: true });
  const described = { type, sideEffects: doing, browser: replacedIn(format) };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(described)}\n`);
  run('@babel/cli/bin/babel.js', [
    join(folder, 'src'),
    ...['--out-dir', out, '--extensions', '.ts', '--ignore', '**/*.d.ts', '--source-maps'],
    ...['--env-name', format, '--quiet'],
  ]);
}
if (types) {
  // Declarations are the same for both formats: the package.json of each folder sets the format.
  const esm = join(dist, 'esm');
  run('typescript/bin/tsc', ['-p', join(folder, 'tsconfig.build.json'), '--outDir', esm]);
  for (const file of readdirSync(esm, { recursive: true })) {
    if (file.endsWith('.d.ts')) cpSync(join(esm, file), join(dist, 'cjs', file));
  }
}

// dist/plain is for engines without private fields: there, `x.plain.js` replaces `x.js`.
const plain = readdirSync(join(dist, 'cjs'), { recursive: true }).filter((file) =>
  file.endsWith('.plain.js'),
);
if (plain.length > 0) {
  cpSync(join(dist, 'cjs'), join(dist, 'plain'), { recursive: true });
  for (const file of plain) {
    const name = join(dist, 'plain', file);
    cpSync(name, name.replace(/\.plain\.js$/, '.js'));
  }
}

// Jest 29 reads the names that a CommonJS file exports from its text.
if (name === 'jest') {
  const names = Object.keys(require(join(root, 'runtime/dist/cjs/compiled-with-causes.js')));
  const file = join(dist, 'cjs', 'compiled.js');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}\n0 && (module.exports = { ${names.join(', ')} });\n`);
}

// Bundles the runtime as one script for another realm. The script's value is a function that runs it there.
if (name === 'runtime') {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: join(dist, 'esm', 'realm-script.js'),
    // Not the files that builds for pages have in their place.
    platform: 'node',
  });
  const { output } = await bundle.generate({ format: 'iife', name: 'realm' });
  mkdirSync(join(dist, 'realm'));
  writeFileSync(
    join(dist, 'realm', 'script.cjs'),
    `(() => {\n${output[0].code.replace(/^\/\/#.*$/gm, '')}\nreturn realm;\n})\n`,
  );
}

/** Returns the files of one format that builds for pages replace, relative to its folder. */
function replacedIn(format) {
  const own = (path) => path.replace(`./dist/${format}/`, './');
  const files = Object.entries(browser ?? {}).filter(([file]) => own(file) !== file);
  return files.length === 0
    ? undefined
    : Object.fromEntries(files.map(([file, other]) => [own(file), own(other)]));
}

function run(script, args) {
  execFileSync(process.execPath, [require.resolve(script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
}
