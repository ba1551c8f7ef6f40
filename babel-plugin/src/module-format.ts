import type { NodePath, PluginPass, types as t } from '@babel/core';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type ModuleFormat = 'module' | 'commonjs';

/** What the tool that calls Babel says of itself; our own adapters also say what they know of the file. */
export interface Caller {
  readonly name: string;
  readonly supportsStaticESM?: boolean;
  readonly format?: ModuleFormat | undefined;
}

/**
 * How a file gets at the runtime. Babel takes every file for a module that nobody says more of, and one
 * without `import` and `export` for a script: neither says what will run it.
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
  // Babel's `preset-env` goes by this as well.
  if (caller && !caller.supportsStaticESM) return 'commonjs';
  return usesCommonjs(program) ? 'commonjs' : 'module';
}

/** Syntax that is left when types are gone, and that only a module has. */
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

/** Whether a file does more with what only CommonJS has than ask whether it is there. */
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

/** By the extension, or the `type` of the nearest package.json (Node, "Determining module system"). */
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
