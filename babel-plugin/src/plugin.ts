import type * as Babel from '@babel/core';
import type { ConfigAPI, NodePath, PluginPass, types as t, Visitor } from '@babel/core';
import { asyncLoweredFirst } from './build-errors.js';
import { loweringHelpers } from './catalogue/helpers.js';
import { mayHaveConstructors } from './catalogue/library-classes.js';
import { catalogueWith } from './catalogue/index.js';
import {
  checkDirectives,
  directives,
  directivesEnd,
  isOff,
  mayHaveDirectives,
} from './directives.js';
import { containsRuntime, isInstrumented } from './instrumented-before.js';
import type { Caller } from './module-format.js';
import { compiledEntry, readOptions } from './options.js';
import type { Options, ResolvedOptions } from './options.js';
import { finishModule } from './rewrite/module.js';
import { updateScopes } from './rewrite/scopes.js';
import { isBeneathRuntime } from './runtime-files.js';
import type { Finding } from './check/finding.js';
import type { FileMetadata } from './file-metadata.js';
import { FileState } from './state.js';
import { findFunctionsSentAsText } from './text.js';
import { asyncHooks } from './visitors/async-hooks.js';
import { awaits } from './visitors/awaits.js';
import { calls } from './visitors/calls.js';
import { constructors, functions, receivers } from './visitors/functions.js';
import { losses } from './visitors/losses.js';
import { lostContext } from './visitors/lost-context.js';
import { aroundHooks, mayHaveAroundHooks } from './rewrite/around-hooks.js';
import { throws } from './visitors/throws.js';
import { types } from './visitors/types.js';
import { handlers, mayHaveHandlers } from './visitors/handlers.js';
import { maySpawnByValue, values } from './visitors/values.js';

/** The API object that Babel passes to a plugin. */
type PluginAPI = typeof Babel & Pick<ConfigAPI, 'assertVersion' | 'caller' | 'env'>;

/** The tool that runs Babel. */
interface CausesCaller {
  readonly throughlineCauses?: boolean;
}

/** A Babel plugin, typed without Babel's own types: they differ by version and may not be installed. */
export interface BabelPlugin {
  readonly name: string;
  readonly manipulateOptions: (options: object) => void;
  readonly visitor: object;
}

const NAME = '@throughline/babel-plugin';

/** A plugin as Babel knows it: by its name, or else by its file. */
interface KeyedPlugin {
  readonly key: string;
}

interface Family {
  readonly visitor: Visitor<FileState>;
  readonly needed?: RegExp;
  readonly wanted?: (build: { options: ResolvedOptions; observe: unknown }) => boolean;
}

/**
 * Families of visitors, in the order in which they run. A family runs only in files whose code matches `needed`
 * and in builds that are `wanted`.
 */
const families: readonly Family[] = [
  { visitor: directives, needed: mayHaveDirectives },
  { visitor: aroundHooks, needed: mayHaveAroundHooks },
  { visitor: losses, wanted: ({ observe }) => observe !== undefined },
  { visitor: lostContext, wanted: ({ options }) => options.causes },
  {
    visitor: asyncHooks,
    needed: /async_hooks/,
    wanted: ({ options }) => options.asyncHooks === 'runtime',
  },
  { visitor: throws, needed: /\bthrow\b/, wanted: ({ options }) => options.causes },
  { visitor: types },
  { visitor: functions },
  { visitor: constructors, needed: mayHaveConstructors },
  { visitor: receivers, needed: /\barguments\b|<\s*this\b/ },
  { visitor: awaits },
  { visitor: values, needed: maySpawnByValue },
  { visitor: calls },
  { visitor: handlers, needed: mayHaveHandlers },
  { visitor: directivesEnd, needed: mayHaveDirectives },
];

/** Returns the plugin function. `observe`, if given, is called for each place in a file where context may be lost. */
export function createPlugin(observe?: (finding: Finding) => void) {
  return (given: object, written: Options): BabelPlugin => instrumenter(given, written, observe);
}

function instrumenter(
  given: object,
  written: Options,
  observe: ((finding: Finding) => void) | undefined,
): BabelPlugin {
  const api = given as PluginAPI;
  api.assertVersion('^7.22.0 || ^8.0.0');
  // @throughline/jest turns causes on through Babel's `caller`.
  const asked = api.caller((caller) => (caller as CausesCaller | undefined)?.throughlineCauses);
  const byDefault = asked ?? !api.env('production');
  const options = readOptions({ causes: byDefault, ...written, ...(asked && { causes: true }) });
  if (!options.sites) options.causes = false;
  const entries = [true, false].map((causes) => compiledEntry({ ...options, causes }));
  const catalogue = catalogueWith(options.spawnPoints);
  const visitors = new Map<string, Visitor<FileState>>();

  function visitorFor(code: string): Visitor<FileState> {
    const chosen = families.filter(
      ({ needed, wanted }) =>
        (needed?.test(code) ?? true) && (wanted?.({ options, observe }) ?? true),
    );
    const key = chosen.map((family) => families.indexOf(family)).join();
    let visitor = visitors.get(key);
    if (visitor === undefined) {
      visitor = api.traverse.visitors.merge(chosen.map((family) => family.visitor) as Visitor[]);
      visitors.set(key, visitor as Visitor<FileState>);
    }
    return visitor as Visitor<FileState>;
  }

  return {
    name: NAME,
    manipulateOptions: ({ plugins }: { plugins?: KeyedPlugin[] }) =>
      void countCoverageFirst(plugins),
    visitor: {
      Program(program: NodePath<t.Program>, pass: PluginPass) {
        const { caller = {} } = pass.file.opts as { caller?: Partial<Caller> };
        if (isBeneathRuntime(pass.filename, caller) || isOff(pass.file.ast)) return;
        if (isInstrumented(pass.file.code, entries) || containsRuntime(pass.file.code)) return;
        checkDirectives(program, pass.file.ast);
        if (!caller.isLoaded && !caller.allowsLowered) {
          refuseLowered(program, pass.filename ?? '');
        }

        const { code } = pass.file;
        const asText = findFunctionsSentAsText(program, code);
        const state = new FileState(api.types, options, catalogue, asText, program, pass, observe);
        const [anchor] = program.get('body');
        program.traverse(visitorFor(code), state);
        const head = finishModule(program.node, state);
        if (anchor) updateScopes(anchor, head, state.changes);
        const { file, rows } = state.sites;
        const isChanged = head.size > 0 || !state.changes.isEmpty;
        const found: FileMetadata = { throughline: { file, sites: rows, isChanged } };
        Object.assign(pass.file.metadata, found);
      },
    },
  };
}

/**
 * Moves Istanbul's plugin before this one, in the list that Babel is about to run. Jest adds it last; it would count
 * our functions, and not see its own comments.
 */
function countCoverageFirst(plugins: KeyedPlugin[] = []): void {
  const own = plugins.findIndex(({ key }) => key === NAME);
  const coverage = plugins.findIndex(({ key }, at) => at > own && key.includes('istanbul'));
  if (own >= 0 && coverage >= 0) plugins.splice(own, 0, ...plugins.splice(coverage, 1));
}

/**
 * Throws `TL_ASYNC_LOWERED_FIRST` when this build lowered the file's async functions before we saw them. In a
 * dependency that was published in that form it is not an error.
 */
function refuseLowered(program: NodePath<t.Program>, filename: string): void {
  if (filename.includes('/node_modules/')) return;
  for (const name of loweringHelpers) {
    const binding = program.scope.bindings[name];
    if (binding && isOfCompiler(binding.path)) throw asyncLoweredFirst(binding.path, name);
  }
}

/** Returns true for a helper that a compiler declared in the file, or imports from its package of helpers. */
function isOfCompiler({ node, parent }: NodePath): boolean {
  if (parent.type !== 'ImportDeclaration')
    return node.type === 'FunctionDeclaration' || node.type === 'VariableDeclarator';
  return /^(?:@babel\/runtime|tslib|@swc\/helpers)\b/.test(parent.source.value);
}
