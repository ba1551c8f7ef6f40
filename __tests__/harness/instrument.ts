import { transformSync } from '@babel/core';
import * as causes from '../../runtime/src/causes/chain';
import * as compiled from '../../runtime/src/compiled';
import * as compiledWithCauses from '../../runtime/src/compiled-with-causes';
import * as runtime from '../../runtime/src/index';
import throughline from '../../babel-plugin/src/index';
import type { Options } from '../../babel-plugin/src/index';

/** What the plugin makes of a module (or of a script, when `script` is set). */
export function instrument(
  code: string,
  options: Options = {},
  { commonjs = false, script = false } = {},
): string {
  // As in production, unless a test asks.
  const plugins: object[] = [[throughline, { causes: false, ...options }]];
  if (commonjs) plugins.push(require('@babel/plugin-transform-modules-commonjs'));
  const result = transformSync(code, {
    ...{ configFile: false, babelrc: false, plugins, filename: 'input.js', cwd: '/' },
    sourceType: script ? 'script' : 'module',
    // Where `CI` is set, Babel's code frames come in colour.
    highlightCode: false,
  });
  return `${result!.code}\n`;
}

const modules: Record<string, unknown> = {
  '@throughline/runtime': runtime,
  '@throughline/runtime/causes': causes,
  '@throughline/runtime/compiled': compiled,
  '@throughline/runtime/compiled-with-causes': compiledWithCauses,
};

/** Runs CommonJS code against the runtime's sources and returns its exports. */
export function evaluate(
  code: string,
  given: Record<string, unknown> = {},
): Record<string, unknown> {
  const exports: Record<string, unknown> = {};
  const load = (name: string): unknown => modules[name] ?? require(name);
  const names = ['require', 'exports', ...Object.keys(given)];
  new Function(...names, code)(load, exports, ...Object.values(given));
  return exports;
}

/** Instruments a module, runs it, and returns its exports. */
export function run(
  code: string,
  given: Record<string, unknown> = {},
  options: Options = {},
): Record<string, unknown> {
  return evaluate(instrument(code, options, { commonjs: true }), given);
}
