import type { NodePath, PluginPass, types as BabelTypes } from '@babel/core';
import { sitedHelpers } from './catalogue/helpers.js';
import type { HelperName } from './catalogue/helpers.js';
import type { Finding } from './check/finding.js';
import type { Catalogue } from './catalogue/index.js';
import { formatOfProgram } from './module-format.js';
import type { EventPolicy, ResolvedOptions, SpawnPointKind } from './options.js';
import type { SourceMapInput } from '@jridgewell/trace-mapping';
import { SiteTable } from './sites.js';
import type { SiteKind } from './sites.js';

export type Types = typeof BabelTypes;

/** What is known of a function (or of the module, for top-level await) while its body is visited. */
export interface Activation {
  /** How often it leaves its strand: `await`, `yield` of an async generator, steps of `for await`. */
  suspensions: number;
  /** It calls `eval` directly, or a function in it does: names may be assigned to unseen. */
  hasEval: boolean;
  /** It uses `super`, or an arrow in it does. */
  usesSuper: boolean;
  /** Its number in the table of sites, when it is a strand. */
  site: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** A generator whose body runs in the frame in which it was made. */
  readonly runsWhereCreated: boolean;
  /** Where it returns something that may be a promise: statements, or the arrow of an expression. */
  readonly returns: Set<BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression>;
  /** The rest of its returns. */
  readonly otherReturns: Set<BabelTypes.ReturnStatement>;
  /** A `finally` in it may overrule a return: every one that follows takes an adoption back. */
  overrules: boolean;
  /** It has a `finally`, which runs after a value was returned, or an `await using`. */
  needsNative: boolean;
}

export function activationOf(
  isAsync?: boolean | null,
  isGenerator?: boolean | null,
  runsWhereCreated = false,
): Activation {
  return {
    runsWhereCreated,
    suspensions: 0,
    site: 0,
    hasEval: false,
    usesSuper: false,
    isAsync: Boolean(isAsync),
    isGenerator: Boolean(isGenerator),
    returns: new Set(),
    otherReturns: new Set(),
    overrules: false,
    needsNative: false,
  };
}

/** Everything that belongs to one file's run through the plugin. */
export class FileState {
  readonly sites: SiteTable;
  /** The number of the place that is being rewritten. */
  site = 0;
  /** Innermost last; the first stands for the module. */
  readonly activations: Activation[] = [activationOf(true)];
  /** Names that the output needs declared at the top of the module. */
  readonly temporaries: BabelTypes.Identifier[] = [];
  private readonly ownTemporaries = new WeakMap<BabelTypes.Node, BabelTypes.Identifier[]>();
  /** How many `throughline: off` comments apply to the code that is being visited. */
  offDepth = 0;
  /** What comments say about the listeners of the code that is being visited, innermost last. */
  readonly eventPolicies: EventPolicy[] = [];
  /** Names that stand for a timer or a scheduler. */
  readonly aliases = new Set<string>();
  readonly helpers = new Map<HelperName, BabelTypes.Identifier>();
  /** Places whose code is not what it was, with what stands there now. */
  readonly rewritten = new Map<NodePath, BabelTypes.Node>();
  /** Every function that was visited. */
  readonly functions = new WeakSet<NodePath>();
  /** Functions and blocks of the program's own that have more variables now. */
  readonly extended = new Set<NodePath>();
  private strandName: string | undefined;
  private outerName: string | undefined;
  private thrownName: string | undefined;
  private createdName: string | undefined;
  private siteBaseName: string | undefined;
  private receiverName: BabelTypes.Identifier | undefined;

  constructor(
    readonly t: Types,
    readonly options: ResolvedOptions,
    readonly catalogue: Catalogue,
    /** Functions that stay as they are written. */
    readonly asText: ReadonlySet<BabelTypes.Node>,
    readonly program: NodePath<BabelTypes.Program>,
    private readonly pass: PluginPass,
    /** Told of what the plugin could not see to, if somebody asks. */
    readonly observe?: (finding: Finding) => void,
  ) {
    this.sites = new SiteTable(pass.filename, pass.cwd, inputMapOf(pass));
  }

  /** Whether the file imports the runtime; CommonJS requires it. */
  get isModule(): boolean {
    return (
      this.activations[0]!.suspensions > 0 || formatOfProgram(this.program, this.pass) === 'module'
    );
  }

  /** The function whose code is being visited. */
  get activation(): Activation {
    return this.activations[this.activations.length - 1]!;
  }

  /** Which frame the listeners of the code that is being visited run in. */
  get eventPolicy(): EventPolicy {
    return this.eventPolicies[this.eventPolicies.length - 1] ?? this.options.events;
  }

  /**
   * The activation that an expression belongs to. What stands in the computed key of a method is
   * evaluated by the function around the method.
   */
  activationAt(path: NodePath): Activation {
    let index = this.activations.length - 1;
    for (let at = path; index > 0 && at.parentPath; at = at.parentPath) {
      if (!at.parentPath.isFunction()) continue;
      if (at.key !== 'key' && at.listKey !== 'decorators') break;
      index--;
    }
    return this.activations[index]!;
  }

  covers(kind: SpawnPointKind): boolean {
    return !this.options.skip.includes(kind);
  }

  /** Whether calls of a kind are rewritten at the place that is being visited. */
  coversHere(kind: SpawnPointKind): boolean {
    return this.offDepth === 0 && this.covers(kind);
  }

  /** Notes that a part of a node is not what it was. */
  touch(path: NodePath): void {
    if (!this.rewritten.has(path)) this.rewritten.set(path, path.node);
  }

  /** Notes the place that is rewritten now; returns its number. */
  at(node: BabelTypes.Node, kind: SiteKind, name: string): number {
    return (this.site = this.sites.add(node, kind, name));
  }

  /** The number of a place, as an expression. */
  siteNumber(site: number): BabelTypes.Expression {
    return this.t.binaryExpression('+', this.siteBase(), this.t.numericLiteral(site));
  }

  /** A call of one of the runtime's functions. */
  call(
    name: HelperName,
    ...args: BabelTypes.CallExpression['arguments']
  ): BabelTypes.CallExpression {
    let local = this.helpers.get(name);
    if (local === undefined) {
      local = this.program.scope.generateUidIdentifier(name);
      this.helpers.set(name, local);
    }
    const isSited = this.options.causes && sitedHelpers.has(name);
    const given = isSited ? [this.siteNumber(this.site), ...args] : args;
    return this.t.callExpression(this.t.identifier(local.name), given);
  }

  /**
   * The strand's variable. One name a file will do: an `await` belongs to the innermost function,
   * whose variable is the one in sight.
   */
  strand(): BabelTypes.Identifier {
    this.strandName ??= this.program.scope.generateUid('strand');
    return this.t.identifier(this.strandName);
  }

  /** The variable that holds the number of the module's first site. */
  siteBase(): BabelTypes.Identifier {
    this.siteBaseName ??= this.program.scope.generateUid('sites');
    return this.t.identifier(this.siteBaseName);
  }

  get hasSiteBase(): boolean {
    return this.siteBaseName !== undefined;
  }

  /** The variable of an async function without awaits that holds the frame to go back to. */
  outer(): BabelTypes.Identifier {
    this.outerName ??= this.program.scope.generateUid('outer');
    return this.t.identifier(this.outerName);
  }

  /** The parameter of a generator that holds the frame in which it was made. */
  created(): BabelTypes.Identifier {
    this.createdName ??= this.program.scope.generateUid('created');
    return this.t.identifier(this.createdName);
  }

  /** What such a function has caught. One name a file, so that equal functions have equal texts. */
  thrown(): BabelTypes.Identifier {
    this.thrownName ??= this.program.scope.generateUid('thrown');
    return this.t.identifier(this.thrownName);
  }

  /** Holds a receiver from where it is evaluated to where its method is read, next to it. */
  receiver(): BabelTypes.Identifier {
    if (this.receiverName === undefined) {
      this.receiverName = this.program.scope.generateUidIdentifier('receiver');
      this.temporaries.push(this.receiverName);
    }
    return this.t.identifier(this.receiverName.name);
  }

  /**
   * A variable that holds a value while the program's own code may run: one of the function's, since that
   * code may come through the same place again.
   */
  temporary(hint: string, path: NodePath): BabelTypes.Identifier {
    const id = this.program.scope.generateUidIdentifier(hint);
    const owner = ownerOf(path);
    if (owner === undefined) this.temporaries.push(id);
    else this.ownTemporaries.set(owner, [...(this.ownTemporaries.get(owner) ?? []), id]);
    return id;
  }

  /** `var a, b` for the names that a block or the module needs. */
  declared(names: readonly BabelTypes.Identifier[]): BabelTypes.VariableDeclaration {
    const { t } = this;
    const declarators = names.map(({ name }) => t.variableDeclarator(t.identifier(name)));
    return t.variableDeclaration('var', declarators);
  }

  /** The temporaries of a function. */
  temporariesOf(fn: BabelTypes.Node): readonly BabelTypes.Identifier[] {
    return this.ownTemporaries.get(fn) ?? [];
  }
}

/** What another tool says it has changed, as Babel keeps it. */
function inputMapOf({ file }: PluginPass): SourceMapInput | undefined {
  const { inputMap } = file as unknown as { inputMap?: { toObject(): SourceMapInput } | null };
  return inputMap?.toObject();
}

/** The function in whose body a place is. Parameters and keys are outside of it. */
function ownerOf(path: NodePath): BabelTypes.Node | undefined {
  for (let at = path; at.parentPath; at = at.parentPath) {
    if (at.parentPath.isFunction() && at.key === 'body') return at.parentPath.node;
  }
  return undefined;
}
