import type { NodePath, PluginPass, types as t } from '@babel/core';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How a file will be run: as an ES module or as CommonJS. */
export type ModuleFormat = 'module' | 'commonjs';

/** How the tool that calls Babel describes itself. Our own adapters add what they know of the file. */
export interface Caller {
  readonly name: string;
  readonly supportsStaticESM?: boolean;
  readonly format?: ModuleFormat | undefined;
  /** True where the program runs as it is loaded, by `register`: nothing compiles it before or afterwards. */
  readonly isLoaded?: boolean | undefined;
  /** True where another compiler ran before, whose output may have no async functions. */
  readonly allowsLowered?: boolean | undefined;
  /** Source map, as JSON, of the tools that ran before, where the bundler and not Babel merges the maps. */
  readonly madeFrom?: string | undefined;
}

/**
 * Returns the format in which a file must load the runtime: by `import` or by `require`.
 *
 * Babel's `sourceType` is not enough. By default Babel parses every file as a module, and with `unambiguous`
 * every file without `import` and `export` as a script; neither tells how the file will run.
 */
export function formatOfProgram(
  program: NodePath<t.Program>,
  { file, filename }: PluginPass,
): ModuleFormat {
  const { caller, sourceType } = file.opts as { caller?: Caller; sourceType?: string };
  if (caller?.format) return caller.format;
  if (sourceType === 'script') return 'commonjs';
  if (hasModuleSyntax(program, file.code)) return 'module';
  const named = filename ? formatOfFile(filename) : undefined;
  if (named === 'module') return 'module';
  if (program.node.sourceType === 'script') return 'commonjs';
  // `@babel/preset-env` uses the same flag.
  if (caller && !caller.supportsStaticESM) return 'commonjs';
  return usesCommonjs(program) ? 'commonjs' : 'module';
}

/** Returns true for a statement that only modules have and that is left after types are stripped. */
export function isModuleSyntax(statement: t.Statement): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
      return statement.importKind !== 'type' && statement.importKind !== 'typeof';
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return statement.exportKind !== 'type';
    default:
      return statement.type === 'ExportDefaultDeclaration';
  }
}

function hasModuleSyntax(program: NodePath<t.Program>, code: string): boolean {
  if (program.node.body.some(isModuleSyntax)) return true;
  if (!/\bimport\s*\.\s*meta\b/.test(code)) return false;
  let found = false;
  program.traverse({
    MetaProperty(path) {
      if (path.node.meta.name !== 'import') return;
      found = true;
      path.stop();
    },
  });
  return found;
}

const commonjsNames = ['exports', 'module', 'require'];

/** Returns true when a file uses names of CommonJS for more than a `typeof` check. */
function usesCommonjs(program: NodePath<t.Program>): boolean {
  if (!commonjsNames.some((name) => program.scope.hasGlobal(name))) return false;
  let uses = false;
  program.traverse({
    Identifier(path) {
      const { name } = path.node;
      if (!commonjsNames.includes(name) || !path.isReferencedIdentifier()) return;
      if (path.scope.getBinding(name)) return;
      if (path.parentPath.isUnaryExpression({ operator: 'typeof' })) return;
      uses = true;
      path.stop();
    },
  });
  return uses;
}

/**
 * Returns the format that the extension or the `type` of the nearest package.json defines; undefined without
 * either (Node, "Determining module system").
 */
export function formatOfFile(
  file: string,
  known = new Map<string, ModuleFormat | undefined>(),
): ModuleFormat | undefined {
  if (/\.m[jt]sx?$/.test(file)) return 'module';
  if (/\.c[jt]sx?$/.test(file)) return 'commonjs';
  return formatOfFolder(dirname(file), known);
}

function formatOfFolder(
  folder: string,
  known: Map<string, ModuleFormat | undefined>,
): ModuleFormat | undefined {
  if (known.has(folder)) return known.get(folder);
  let format: ModuleFormat | undefined;
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const { type } = JSON.parse(text) as { type?: string };
    format = type === 'module' || type === 'commonjs' ? type : undefined;
  } catch {
    const parent = dirname(folder);
    format = parent === folder ? undefined : formatOfFolder(parent, known);
  }
  known.set(folder, format);
  return format;
}
