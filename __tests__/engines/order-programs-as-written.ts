// What `order-programs?uncompiled` is in Jest: the module without the plugin.
import { transformSync } from '@babel/core';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const file = join(__dirname, 'suite', 'order-programs.ts');
const { code } = transformSync(readFileSync(file, 'utf8'), {
  ...{ configFile: false, babelrc: false, filename: file },
  presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
  plugins: ['@babel/plugin-transform-modules-commonjs'],
})!;
new Function('require', 'exports', code!)(
  (name: string): unknown => require(join(dirname(file), name)),
  exports,
);
