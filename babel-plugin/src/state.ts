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

/** Babel's node builders. */
export type Types = typeof BabelTypes;

/** Facts about a function, or about the module for top-level await, collected while its body is visited. */
export interface Activation {
  /** Number of times it leaves its strand: `await`, `yield` of an async generator, steps of `for await`. */
  suspensions: number;
  /** It calls `eval` directly, or a function in it does: variables may be assigned to invisibly. */
  hasEval: boolean;
  /** It uses `super`, or an arrow in it does. */
  usesSuper: boolean;
  /** Its number in the table of sites, when it starts a strand. */
  site: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** A generator whose body runs in the frame in which it was created. */
  readonly runsWhereCreated: boolean;
  /** Its returns of values that may be promises: statements, or the arrow itself if its body is an expression. */
  readonly returns: Set<BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression>;
  /** Its other returns. */
  readonly otherReturns: Set<BabelTypes.ReturnStatement>;
  /** A `finally` in it may override a return. Then every return must undo an earlier adoption. */
  overrules: boolean;
  /** Code of it may run after the returned value is known: a `finally`, a `using`, or the end of a `for of`. */
  needsNative: boolean;
}

/** Returns the facts about a function at the start of its visit. */
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

/** The state of one file while the plugin rewrites it. */
export class FileState {
  readonly sites: SiteTable;
  /** Number of the site that is being rewritten. */
  site = 0;
  /** The functions being visited, innermost last. The first entry is the module. */
  readonly activations: Activation[] = [activationOf(true)];
  /** Variables that the output declares at the top of the module. */
  readonly temporaries: BabelTypes.Identifier[] = [];
  private readonly ownTemporaries = new WeakMap<BabelTypes.Node, BabelTypes.Identifier[]>();
  /** Number of `throughline: off` comments that apply to the code being visited. */
  offDepth = 0;
  /** Policies for listeners from the comments that apply to the code being visited, innermost last. */
  readonly eventPolicies: EventPolicy[] = [];
  /** Variables that hold a timer or scheduler function. */
  readonly aliases = new Set<string>();
  readonly helpers = new Map<HelperName, BabelTypes.Identifier>();
  /** Paths whose code has changed, each with its present node. */
  readonly rewritten = new Map<NodePath, BabelTypes.Node>();
  /** Every function that was visited. */
  readonly functions = new WeakSet<NodePath>();
  /** Functions and blocks of the program that got more variables. */
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
    /** Functions whose source text runs elsewhere. They are not rewritten. */
    readonly asText: ReadonlySet<BabelTypes.Node>,
    readonly program: NodePath<BabelTypes.Program>,
    private readonly pass: PluginPass,
    /** Called for each place where context may be lost. */
    readonly observe?: (finding: Finding) => void,
  ) {
    this.sites = new SiteTable(pass.filename, pass.cwd, inputMapOf(pass));
  }

  /** True when the file loads the runtime by `import`, false when by `require`. */
  get isModule(): boolean {
    return (
      this.activations[0]!.suspensions > 0 || formatOfProgram(this.program, this.pass) === 'module'
    );
  }

  /** The function whose code is being visited. */
  get activation(): Activation {
    return this.activations[this.activations.length - 1]!;
  }

  /** The policy that decides which frame the listeners of the code being visited run in. */
  get eventPolicy(): EventPolicy {
    return this.eventPolicies[this.eventPolicies.length - 1] ?? this.options.events;
  }

  /**
   * Returns the activation that an expression belongs to. The computed key and the decorators of a method are
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

  /** Returns true unless the option `skip` names the kind. */
  covers(kind: SpawnPointKind): boolean {
    return !this.options.skip.includes(kind);
  }

  /** Returns true when calls of a kind are rewritten in the code being visited. */
  coversHere(kind: SpawnPointKind): boolean {
    return this.offDepth === 0 && this.covers(kind);
  }

  /** Records that a part of a node has changed. */
  touch(path: NodePath): void {
    if (!this.rewritten.has(path)) this.rewritten.set(path, path.node);
  }

  /** Adds the site that is being rewritten to the table, and returns its number. */
  at(node: BabelTypes.Node, kind: SiteKind, name: string): number {
    return (this.site = this.sites.add(node, kind, name));
  }

  /** Returns the number of a site as an expression. */
  siteNumber(site: number): BabelTypes.Expression {
    return this.t.binaryExpression('+', this.siteBase(), this.t.numericLiteral(site));
  }

  /** Returns a call of a runtime helper, with the current site first where the helper takes one. */
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
   * Returns the variable that holds the strand. One name per file is enough: an `await` belongs to the
   * innermost function, and its variable shadows the others.
   */
  strand(): BabelTypes.Identifier {
    this.strandName ??= this.program.scope.generateUid('strand');
    return this.t.identifier(this.strandName);
  }

  /** Returns the variable that holds the number of the module's first site. */
  siteBase(): BabelTypes.Identifier {
    this.siteBaseName ??= this.program.scope.generateUid('sites');
    return this.t.identifier(this.siteBaseName);
  }

  get hasSiteBase(): boolean {
    return this.siteBaseName !== undefined;
  }

  /** Returns the variable, in an async function without awaits, that holds the frame to restore. */
  outer(): BabelTypes.Identifier {
    this.outerName ??= this.program.scope.generateUid('outer');
    return this.t.identifier(this.outerName);
  }

  /** Returns the parameter of a generator that holds the frame in which it was created. */
  created(): BabelTypes.Identifier {
    this.createdName ??= this.program.scope.generateUid('created');
    return this.t.identifier(this.createdName);
  }

  /** Returns the variable of a generated `catch`. One name per file, so that equal functions have equal source text. */
  thrown(): BabelTypes.Identifier {
    this.thrownName ??= this.program.scope.generateUid('thrown');
    return this.t.identifier(this.thrownName);
  }

  /** Returns the variable that holds a receiver from its evaluation to the read of its method, right after it. */
  receiver(): BabelTypes.Identifier {
    if (this.receiverName === undefined) {
      this.receiverName = this.program.scope.generateUidIdentifier('receiver');
      this.temporaries.push(this.receiverName);
    }
    return this.t.identifier(this.receiverName.name);
  }

  /**
   * Returns a new variable that keeps its value while the program's own code runs. It belongs to the function,
   * because that code may run through the same place again.
   */
  temporary(hint: string, path: NodePath): BabelTypes.Identifier {
    const id = this.program.scope.generateUidIdentifier(hint);
    const owner = ownerOf(path);
    if (owner === undefined) this.temporaries.push(id);
    else this.ownTemporaries.set(owner, [...(this.ownTemporaries.get(owner) ?? []), id]);
    return id;
  }

  /** Returns the declaration `var a, b` of names that a function or the module needs. */
  declared(names: readonly BabelTypes.Identifier[]): BabelTypes.VariableDeclaration {
    const { t } = this;
    const declarators = names.map(({ name }) => t.variableDeclarator(t.identifier(name)));
    return t.variableDeclaration('var', declarators);
  }

  /** Returns the temporaries of a function. */
  temporariesOf(fn: BabelTypes.Node): readonly BabelTypes.Identifier[] {
    return this.ownTemporaries.get(fn) ?? [];
  }
}

/** Returns the source map of an earlier tool, if Babel found one. */
function inputMapOf({ file }: PluginPass): SourceMapInput | undefined {
  const { inputMap } = file as unknown as { inputMap?: { toObject(): SourceMapInput } | null };
  return inputMap?.toObject();
}

/** Returns the function whose body contains a path. Parameters and keys are not part of the body. */
function ownerOf(path: NodePath): BabelTypes.Node | undefined {
  for (let at = path; at.parentPath; at = at.parentPath) {
    if (at.parentPath.isFunction() && at.key === 'body') return at.parentPath.node;
  }
  return undefined;
}
