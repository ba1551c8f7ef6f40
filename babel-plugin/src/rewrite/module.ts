import type { types as BabelTypes } from '@babel/core';
import { placeHoisted } from './placing.js';
import type { FileState } from '../state.js';

/**
 * Writes the import, the table of sites and the variables that the rewritten code needs at the head of a file.
 * Returns the new statements.
 */
export function finishModule(
  program: BabelTypes.Program,
  state: FileState,
): ReadonlySet<BabelTypes.Statement> {
  const written = new Set(program.body);
  // A traversal of the program does not visit the program's own node.
  placeHoisted(program);
  if (state.activations[0]!.suspensions > 0) enterModule(program, state);
  if (state.helpers.size > 0 || state.hasSiteBase) writeHead(program, state);
  return new Set(program.body.filter((statement) => !written.has(statement)));
}

function writeHead(program: BabelTypes.Program, state: FileState): void {
  const head: BabelTypes.Statement[] = [];
  if (state.options.sites && state.sites.rows.length > 0) head.push(siteTable(state));
  if (state.temporaries.length > 0) head.push(state.declared(state.temporaries));
  head.unshift(importOf(program, state));
  const pragma = takePragma(program);
  if (pragma) state.t.addComments(head[0]!, 'leading', pragma);
  program.body.unshift(...head);
}

/** Removes and returns Flow's pragma and the comments above it. It must come before all statements, ours too. */
function takePragma({ body }: BabelTypes.Program): BabelTypes.Comment[] | undefined {
  const start = Math.min(...body.map((statement) => statement.start ?? Infinity));
  for (const { leadingComments } of body) {
    const at = leadingComments?.findIndex(
      ({ value, end }) => end! <= start && /@(?:no)?flow\b/.test(value),
    );
    if (at !== undefined && at >= 0) return leadingComments!.splice(0, at + 1);
  }
  return undefined;
}

/** Makes a module with top-level `await` a strand. */
function enterModule(program: BabelTypes.Program, state: FileState): void {
  const { t } = state;
  const strand = t.variableDeclarator(state.strand(), state.call('enterModule'));
  program.body.unshift(t.variableDeclaration('const', [strand]));
  program.body.push(t.expressionStatement(state.call('end', state.strand())));
}

/** Returns `var siteBase = sites("src/cart.ts", ["3:0 async total"])`. */
function siteTable(state: FileState): BabelTypes.Statement {
  const { t } = state;
  const { file, rows } = state.sites;
  const table = t.arrayExpression(rows.map((row) => t.stringLiteral(row)));
  const call = state.call('sites', t.stringLiteral(file), table);
  if (!state.hasSiteBase) return t.expressionStatement(call);
  return t.variableDeclaration('var', [t.variableDeclarator(state.siteBase(), call)]);
}

/** Returns `import { run as _run } from "…/compiled"`, or `require` in CommonJS. */
function importOf(program: BabelTypes.Program, state: FileState): BabelTypes.Statement {
  const { t } = state;
  const source = t.stringLiteral(compiledEntry(state.options));
  const names = [...state.helpers].map(
    ([name, local]) => [t.identifier(name), t.identifier(local.name)] as const,
  );
  if (state.isModule) {
    // Plugins that transform modules must see that this is one.
    program.sourceType = 'module';
    return t.importDeclaration(
      names.map(([name, local]) => t.importSpecifier(local, name)),
      source,
    );
  }
  const pattern = t.objectPattern(names.map(([name, local]) => t.objectProperty(name, local)));
  const required = t.callExpression(t.identifier('require'), [source]);
  return t.variableDeclaration('var', [t.variableDeclarator(pattern, required)]);
}

/** Returns the module that rewritten code imports. */
export function compiledEntry({ runtime, causes }: { runtime: string; causes: boolean }): string {
  return `${runtime}/${causes ? 'compiled-with-causes' : 'compiled'}`;
}
