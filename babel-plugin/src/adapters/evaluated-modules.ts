import { parseSync, traverse } from '@babel/core';
import type { types as t } from '@babel/core';
import { isAbsolute, resolve } from 'node:path';
import { babelSettings, inDialectOf } from './transform.js';

// webpack and Rspack write the modules of a development build as strings, which the bundle gives to `eval` (`devtool: "eval"`,
// "eval-source-map" and the like). Next's `--webpack` does so too. A direct `eval` of a file that is CommonJS sees its `require`, so
// each string can be instrumented as a file of CommonJS.

/** A module that a file holds as a string. */
export interface EvaluatedModule {
  readonly code: string;
  /** The file that it was made from, as its comments tell, with the extension of JavaScript; undefined if they do not. */
  readonly file: string | undefined;
  /** The source map in its comments, with the path of that file in place of the name that the bundler gives it. */
  readonly madeFrom: object | undefined;
}

/** The comment in which a bundler names a module. Without one, a string may be a piece of anything. */
const NAME = /^\/\/# sourceURL=(\S+)\s*$/gm;
/** How instrumented modules name the runtime's entry for them, after webpack. */
const HELPERS = /_throughline_runtime_compiled|@throughline\/runtime\/(?:dist\/\w+\/)?compiled/;
const MAP = /^\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)\s*$/gm;

/**
 * Returns code of CommonJS with the modules that it gives to `eval` replaced by what `compile` returns, where that is not undefined.
 * `root` is the folder that names of modules are relative to.
 */
export function withEvaluated(
  code: string,
  file: string,
  root: string,
  compile: (module: EvaluatedModule) => string | undefined,
): string {
  const settings = { ...babelSettings({ file, options: {}, format: 'commonjs' }), plugins: [] };
  const tree = inDialectOf(code, settings, parseSync);
  const pieces: string[] = [];
  let copied = 0;
  traverse(tree!, {
    CallExpression({ node, scope }) {
      const text = evaluatedText(node);
      if (text === undefined || scope.hasBinding('eval', true)) return;
      const made = compile(moduleOf(text.value, root));
      if (made === undefined) return;
      pieces.push(code.slice(copied, text.start!), JSON.stringify(made));
      copied = text.end!;
    },
  });
  return pieces.join('') + code.slice(copied);
}

/**
 * Returns the string in `eval("…")` and in `eval(trusted("…"))`, which webpack writes for Trusted Types, if it is a named module that
 * is not instrumented.
 */
function evaluatedText({
  callee,
  arguments: given,
}: t.CallExpression): t.StringLiteral | undefined {
  if (callee.type !== 'Identifier' || callee.name !== 'eval') return undefined;
  const [first] = given;
  const text = first?.type === 'CallExpression' ? first.arguments[0] : first;
  if (text?.type !== 'StringLiteral' || HELPERS.test(text.value)) return undefined;
  return lastOf(NAME, text.value) === undefined ? undefined : text;
}

function moduleOf(text: string, root: string): EvaluatedModule {
  const data = lastOf(MAP, text);
  const map = data === undefined ? undefined : mapOf(data);
  // The map of a module that a loader has invented names nothing.
  const source = map?.sources.length === 1 ? map.sources[0] : undefined;
  const file = fileOf(source || lastOf(NAME, text)!, root);
  return {
    code: text,
    file: file?.replace(/tsx?$/, 'js'),
    madeFrom: map?.sources.length === 1 && file ? { ...map, sources: [file] } : undefined,
  };
}

/** Returns what the last comment of a kind says. */
function lastOf(comment: RegExp, text: string): string | undefined {
  return [...text.matchAll(comment)].at(-1)?.[1];
}

function mapOf(data: string): { readonly sources: readonly (string | null)[] } | undefined {
  try {
    const map = JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as { sources?: unknown };
    return Array.isArray(map.sources) ? { ...map, sources: map.sources as string[] } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the file of a name such as `webpack://shop/./src/a.js?1a2b` and `webpack-internal:///(rsc)/./src/a.js`. */
function fileOf(name: string, root: string): string | undefined {
  const path = name.replace(/^[\w-]+:\/\/[^/]*\/(\([\w-]+\)\/)?/, '').replace(/\?.*$/, '');
  if (!/\.[cm]?[jt]sx?$/.test(path)) return undefined;
  return isAbsolute(path) ? path : resolve(root, path);
}
