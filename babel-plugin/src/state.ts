import type { NodePath, PluginPass, types as t } from '@babel/core';
import type { SourceMapInput } from '@jridgewell/trace-mapping';
import { Activations } from './activations.js';
import type { Catalogue } from './catalogue/index.js';
import { connectionPackages, socketPackages } from './catalogue/connections.js';
import { hasLibraryClasses } from './catalogue/library-classes.js';
import type { Finding } from './check/finding.js';
import { formatOfProgram } from './module-format.js';
import type { Caller, ModuleFormat } from './module-format.js';
import type { Types } from './nodes.js';
import type { EventPolicy, ResolvedOptions, SpawnPointKind } from './options.js';
import { Changes } from './rewrite/changes.js';
import { Output } from './rewrite/output.js';
import { packageOf } from './package-of.js';
import { SiteTable } from './sites.js';

/** Everything that belongs to one file's run through the plugin, by subject. */
export class FileState {
  readonly sites: SiteTable;
  readonly activations = new Activations();
  readonly directives: DirectiveScope;
  readonly changes = new Changes();
  readonly output: Output;
  /** Local names that refer to a timer or scheduler. */
  readonly aliases = new Set<string>();
  /** Name of the dependency that the file belongs to; undefined for files of the program. */
  readonly packageName: string | undefined;
  private format: ModuleFormat | undefined;

  constructor(
    types: Types,
    readonly options: ResolvedOptions,
    readonly catalogue: Catalogue,
    /** Functions that stay as they are written. */
    readonly asText: ReadonlySet<t.Node>,
    private readonly program: NodePath<t.Program>,
    private readonly pass: PluginPass,
    /** Called with each place that the plugin cannot rewrite, if `check` runs it. */
    readonly observe?: (finding: Finding) => void,
  ) {
    this.sites = new SiteTable(pass.filename, pass.cwd, inputMapOf(pass));
    this.output = new Output(types, options, program);
    this.directives = new DirectiveScope(options.events);
    this.packageName = packageOf(pass.filename ?? '');
  }

  /** True if the file imports the runtime, false if it requires it. */
  get isModule(): boolean {
    if (this.activations.module.suspensions > 0) return true;
    this.format ??= formatOfProgram(this.program, this.pass);
    return this.format === 'module';
  }

  /** The text of the file, as it came. */
  get code(): string {
    return this.pass.file.code;
  }

  /** True if the tool writes code without a source map, and every statement on the line that it had. */
  get keepsLines(): boolean {
    return (this.pass.file.opts.generatorOpts as { retainLines?: boolean }).retainLines === true;
  }

  /** True unless the file is of a package whose classes the catalogue has. */
  get isOwn(): boolean {
    return this.packageName === undefined || !hasLibraryClasses(this.packageName);
  }

  /** True if the file is of a package whose own listeners are left as they are. */
  get isOfConnection(): boolean {
    const { packageName = '' } = this;
    return connectionPackages.has(packageName) || socketPackages.has(packageName);
  }

  /** Returns true unless the options skip a kind of spawn point. */
  covers(kind: SpawnPointKind): boolean {
    if (kind === 'listener' && this.isOfConnection) return false;
    return !this.options.skip.includes(kind);
  }

  /** Returns true if calls of a kind are rewritten in the code that is being visited. */
  coversHere(kind: SpawnPointKind): boolean {
    return this.directives.offDepth === 0 && this.covers(kind);
  }
}

/** The directives that apply to the code that is being visited. */
class DirectiveScope {
  /** Number of `throughline: off` comments. */
  offDepth = 0;
  /** What comments ask of listeners, innermost last. */
  readonly eventPolicies: EventPolicy[] = [];

  constructor(private readonly byDefault: EventPolicy) {}

  /** The frame that listeners run in. */
  get eventPolicy(): EventPolicy {
    return this.eventPolicies[this.eventPolicies.length - 1] ?? this.byDefault;
  }
}

/** Returns the source map of the tools that ran before, from our adapter or as Babel keeps it. */
function inputMapOf({ file }: PluginPass): SourceMapInput | undefined {
  const { caller } = file.opts as { caller?: Caller };
  if (caller?.madeFrom) return caller.madeFrom;
  const { inputMap } = file as unknown as { inputMap?: { toObject(): SourceMapInput } | null };
  return inputMap?.toObject();
}
