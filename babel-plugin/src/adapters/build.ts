import { extname } from 'node:path';
import type { Environment } from './transform.js';
import type { ModuleFormat } from '../module-format.js';

/** Bundlers that treat a file without `import` and `export` as a module. */
const assumesModules = new Set(['vite', 'rollup', 'rolldown', 'unloader']);
const mayBeCommonjs = /\brequire\s*\(|\bmodule\.exports\b|\bexports\./;

/** What esbuild makes of a file with a given extension. */
type Loaders = Readonly<Record<string, string>>;

/** The part of esbuild's options that decides how it reads our output. */
export interface EsbuildOptions {
  readonly loader?: Loaders;
  readonly define?: Readonly<Record<string, string>>;
}

/** esbuild's own loaders (esbuild, "Content types"). */
const esbuildLoaders: Loaders = {
  ...{ '.js': 'js', '.mjs': 'js', '.cjs': 'js', '.jsx': 'jsx' },
  ...{ '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx' },
};

/** What one build of a bundler has said about itself. */
export class Build {
  /** Babel's environment, which decides whether causes are recorded; undefined if only `NODE_ENV` tells. */
  environment: Environment | undefined;
  /** True when the bundler reads nothing but modules. */
  onlyModules = false;
  /** False for a build of Vite without source maps. */
  hasMaps = true;
  private loaders = esbuildLoaders;

  constructor(readonly framework: string) {}

  /** Takes over what esbuild's options say. A build that replaces `process.env.NODE_ENV` names its environment. */
  followEsbuild({ loader, define }: EsbuildOptions): void {
    this.loaders = { ...esbuildLoaders, ...loader };
    const named = define?.['process.env.NODE_ENV']?.replaceAll(/["']/g, '');
    this.environment = environmentOf(named);
  }

  /** Returns the loader by which esbuild reads a file that we have instrumented. */
  loaderOf(file: string): string {
    return this.loaders[extname(file)] ?? 'js';
  }

  /** Returns true for a component whose compiler says nothing of lines, as Vue's does in builds without source maps. */
  hidesLinesOf(file: string): boolean {
    return !this.hasMaps && file.endsWith('.vue');
  }

  /** Returns the format of a source file, as far as the bundler decides it. */
  formatOf(code: string): ModuleFormat | undefined {
    const isModule =
      this.onlyModules || (assumesModules.has(this.framework) && !mayBeCommonjs.test(code));
    return isModule ? 'module' : undefined;
  }
}

/** Returns the environment that a bundler's mode names. */
export function environmentOf(mode: string | undefined): Environment | undefined {
  return mode === 'production' || mode === 'development' ? mode : undefined;
}
