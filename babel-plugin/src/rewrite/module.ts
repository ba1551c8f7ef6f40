import type { types as BabelTypes } from '@babel/core';
import { compiledEntry } from '../options.js';
import { tellOfClasses } from './library-classes.js';
import { placeHoisted } from './placing.js';
import type { SiteTable } from '../sites.js';
import type { FileState } from '../state.js';
import type { Output } from './output.js';

/** What is known of a file once its code is rewritten. */
type Written = Pick<
  FileState,
  'activations' | 'code' | 'isModule' | 'output' | 'packageName' | 'sites'
>;

/**
 * Writes the import, the table of sites and the variables that the rewritten code needs at the head of a file.
 * Returns the new statements.
 */
export function finishModule(
  program: BabelTypes.Program,
  file: Written,
): ReadonlySet<BabelTypes.Statement> {
  const written = new Set(program.body);
  // A traversal of the program does not visit the program's own node.
  placeHoisted(program);
  const { output } = file;
  tellOfClasses(program, file);
  if (file.activations.module.suspensions > 0) enterModule(program, output);
  if (output.helpers.size > 0 || output.usesSites) writeHead(program, file);
  return new Set(program.body.filter((statement) => !written.has(statement)));
}

function writeHead(program: BabelTypes.Program, { output, sites, isModule }: Written): void {
  const head: BabelTypes.Statement[] = [];
  if (output.options.sites && sites.rows.length > 0) head.push(siteTable(sites, output));
  if (output.temporaries.length > 0) head.push(output.declared(output.temporaries));
  head.unshift(importOf(program, isModule, output));
  const pragma = takePragma(program);
  if (pragma) output.t.addComments(head[0]!, 'leading', pragma);
  program.body.unshift(...head);
}

/** Comments that tools read only before all statements: Flow's, and those that choose how JSX is compiled. */
const PRAGMA = /@(?:(?:no)?flow|jsx(?:Runtime|ImportSource|Frag)?)\b/;

/** Removes and returns the pragmas and the comments above them. They must come before all statements, ours too. */
function takePragma({ body }: BabelTypes.Program): BabelTypes.Comment[] | undefined {
  const start = Math.min(...body.map((statement) => statement.start ?? Infinity));
  for (const { leadingComments } of body) {
    const at = leadingComments?.findLastIndex(
      ({ value, end }) => end! <= start && PRAGMA.test(value),
    );
    if (at !== undefined && at >= 0) return leadingComments!.splice(0, at + 1);
  }
  return undefined;
}

/** Makes a module with top-level `await` a strand. */
function enterModule(program: BabelTypes.Program, output: Output): void {
  const { t } = output;
  const strand = t.variableDeclarator(output.name('strand'), output.call('enterModule'));
  program.body.unshift(t.variableDeclaration('const', [strand]));
  program.body.push(t.expressionStatement(output.call('end', output.name('strand'))));
}

/** Returns `var siteBase = sites("src/cart.ts", ["3:0 async total"])`. */
function siteTable({ file, rows }: SiteTable, output: Output): BabelTypes.Statement {
  const { t } = output;
  const table = t.arrayExpression(rows.map((row) => t.stringLiteral(row)));
  const call = output.call('sites', t.stringLiteral(file), table);
  if (!output.usesSites) return t.expressionStatement(call);
  return t.variableDeclaration('var', [t.variableDeclarator(output.name('sites'), call)]);
}

/** Returns `import { run as _run } from "…/compiled"`, or `require` in CommonJS. */
function importOf(
  program: BabelTypes.Program,
  isModule: boolean,
  output: Output,
): BabelTypes.Statement {
  const { t } = output;
  const source = t.stringLiteral(compiledEntry(output.options));
  const names = [...output.helpers].map(
    ([name, local]) => [t.identifier(name), t.identifier(local.name)] as const,
  );
  if (isModule) {
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
