// Builds every package in dependency order, then the page and the math-chain example.
//
//   node scripts/build.mjs             everything
//   node scripts/build.mjs --no-types  without type declarations
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const flags = process.argv.slice(2);

for (const name of ['runtime', 'babel-plugin', 'ledger', 'jest', 'vitest', 'collector', 'cli']) {
  run([join(root, 'scripts', 'build-package.mjs'), name, ...flags]);
}
const vite = join(dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
run([vite, 'build', '--config', 'collector/page/vite.config.ts', '--logLevel', 'warn']);
const webpack = require.resolve('webpack/bin/webpack.js');
run([webpack, '--stats', 'errors-warnings'], join(root, 'examples', 'math-chain'));

function run(args, cwd = root) {
  execFileSync(process.execPath, args, { cwd, stdio: 'inherit' });
}
