import type { types as BabelTypes } from '@babel/core';
import { placeHoisted } from './placing.js';
import type { FileState } from '../state.js';

/**
 * Writes at the head of a file what its rewritten code needs: imports, its table, its variables. Returns
 * the statements that are new.
 */
export function finishModule(
  program: BabelTypes.Program,
  state: FileState,
): ReadonlySet<BabelTypes.Statement> {
  const written = new Set(program.body);
  // The program's own node is not visited by a traversal of it.
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

/** Flow's pragma, and what stands above it. It holds only before every statement, ours too. */
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

/** Top-level `await`: the module is a strand. */
function enterModule(program: BabelTypes.Program, state: FileState): void {
  const { t } = state;
  const strand = t.variableDeclarator(state.strand(), state.call('enterModule'));
  program.body.unshift(t.variableDeclaration('const', [strand]));
  program.body.push(t.expressionStatement(state.call('end', state.strand())));
}

/** `const siteBase = sites("src/cart.ts", ["3:0 async total"])`. */
function siteTable(state: FileState): BabelTypes.Statement {
  const { t } = state;
  const { file, rows } = state.sites;
  const table = t.arrayExpression(rows.map((row) => t.stringLiteral(row)));
  const call = state.call('sites', t.stringLiteral(file), table);
  if (!state.hasSiteBase) return t.expressionStatement(call);
  return t.variableDeclaration('var', [t.variableDeclarator(state.siteBase(), call)]);
}

/** `import { run as _run } from "…/compiled"`, or the `require` of CommonJS. */
function importOf(program: BabelTypes.Program, state: FileState): BabelTypes.Statement {
  const { t } = state;
  const source = t.stringLiteral(compiledEntry(state.options));
  const names = [...state.helpers].map(
    ([name, local]) => [t.identifier(name), t.identifier(local.name)] as const,
  );
  if (state.isModule) {
    // Whoever turns modules into something else must see that this is one.
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

/** What rewritten code imports. */
export function compiledEntry({ runtime, causes }: { runtime: string; causes: boolean }): string {
  return `${runtime}/${causes ? 'compiled-with-causes' : 'compiled'}`;
}
