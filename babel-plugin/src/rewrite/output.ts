import type { NodePath, types as BabelTypes } from '@babel/core';
import { sitedHelpers } from '../catalogue/helpers.js';
import type { HelperName, PlainHelper } from '../catalogue/helpers.js';
import type { Types } from '../nodes.js';
import type { ResolvedOptions } from '../options.js';

type Arguments = BabelTypes.CallExpression['arguments'];

/**
 * Variables that the output needs once a file. An `await` belongs to the innermost function, whose variable is the
 * one in scope, and equal functions keep equal texts.
 */
type FileName =
  /** The strand of a function. */
  | 'strand'
  /** The frame to go back to, in an async function without awaits. */
  | 'outer'
  /** The parameter of a generator that holds the frame in which it was created. */
  | 'created'
  /** The error that such a function caught. */
  | 'thrown'
  /** The number of the module's first site. */
  | 'sites';

/** Builds calls of the runtime, and the names that the output of one file needs. */
export class Output {
  /** The helpers that the file imports, with their local names. */
  readonly helpers = new Map<HelperName, BabelTypes.Identifier>();
  /** Variables that the module declares. */
  readonly temporaries: BabelTypes.Identifier[] = [];
  private readonly names = new Map<FileName, string>();
  private readonly ownTemporaries = new WeakMap<BabelTypes.Node, BabelTypes.Identifier[]>();

  constructor(
    readonly t: Types,
    readonly options: ResolvedOptions,
    private readonly program: NodePath<BabelTypes.Program>,
  ) {}

  /** Returns a call of a helper. */
  call(name: PlainHelper, ...args: Arguments): BabelTypes.CallExpression {
    return this.callHelper(name, args);
  }

  /** Returns a call of a helper that is told its site in builds with causes. */
  callAt(site: number, name: HelperName, ...args: Arguments): BabelTypes.CallExpression {
    const isSited = this.options.causes && sitedHelpers.has(name);
    return this.callHelper(name, isSited ? [this.siteNumber(site), ...args] : args);
  }

  /** Returns the number of a site as an expression: the module's first site and an offset. */
  siteNumber(site: number): BabelTypes.Expression {
    return this.t.binaryExpression('+', this.name('sites'), this.t.numericLiteral(site));
  }

  /** True for a file whose variables other files may see. */
  get isScript(): boolean {
    return this.program.node.sourceType === 'script';
  }

  /** Returns true when the code needs the number of the module's first site. */
  get usesSites(): boolean {
    return this.names.has('sites');
  }

  /** Returns one of the file's own variables. */
  name(which: FileName): BabelTypes.Identifier {
    let name = this.names.get(which);
    if (name === undefined) {
      name = this.program.scope.generateUid(which);
      this.names.set(which, name);
    }
    return this.t.identifier(name);
  }

  /** Returns a new name. */
  uid(hint: string): BabelTypes.Identifier {
    return this.program.scope.generateUidIdentifier(hint);
  }

  /**
   * Returns a variable that holds a value while the program's own code may run. It belongs to the function around
   * it, because that code may run the same function again.
   */
  temporary(hint: string, path: NodePath): BabelTypes.Identifier {
    const id = this.uid(hint);
    const owner = ownerOf(path);
    if (owner === undefined) this.temporaries.push(id);
    else this.ownTemporaries.set(owner, [...(this.ownTemporaries.get(owner) ?? []), id]);
    return id;
  }

  /** Returns a temporary's value and clears it, so that it keeps nothing alive: `first(t, t = void 0)`. */
  take(temporary: BabelTypes.Identifier): BabelTypes.Expression {
    const { t } = this;
    const cleared = t.assignmentExpression('=', t.identifier(temporary.name), this.absent());
    return this.call('first', t.identifier(temporary.name), cleared);
  }

  /** Returns the temporaries of a function. */
  temporariesOf(fn: BabelTypes.Node): readonly BabelTypes.Identifier[] {
    return this.ownTemporaries.get(fn) ?? [];
  }

  /** Returns `var a, b`. */
  declared(names: readonly BabelTypes.Identifier[]): BabelTypes.VariableDeclaration {
    const { t } = this;
    const declarators = names.map(({ name }) => t.variableDeclarator(t.identifier(name)));
    return t.variableDeclaration('var', declarators);
  }

  /** Returns `void 0`. */
  absent(): BabelTypes.Expression {
    return this.t.unaryExpression('void', this.t.numericLiteral(0));
  }

  private callHelper(name: HelperName, args: Arguments): BabelTypes.CallExpression {
    let local = this.helpers.get(name);
    if (local === undefined) {
      local = this.uid(name);
      this.helpers.set(name, local);
    }
    return this.t.callExpression(this.t.identifier(local.name), args);
  }
}

/** Returns the function whose body contains a path. Its parameters and key are outside of it. */
function ownerOf(path: NodePath): BabelTypes.Node | undefined {
  for (let at = path; at.parentPath; at = at.parentPath) {
    if (at.parentPath.isFunction() && at.key === 'body') return at.parentPath.node;
  }
  return undefined;
}
