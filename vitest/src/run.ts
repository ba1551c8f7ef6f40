import { dirname, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readBaseline } from '@throughline/ledger/node';
import type { ReportFiles } from '@throughline/ledger/node';
import type { ResolvedOptions } from './options.js';
import { PROVIDED } from './provided.js';
import type { Provided } from './provided.js';
import { ThroughlineReporter } from './reporter.js';

/** The parts of Vitest that a plugin sees. */
export interface Vitest {
  readonly version: string;
  readonly config: { readonly reporters: unknown[] };
}

/** A project of Vitest. */
export interface Project {
  readonly name: string;
  readonly config: {
    readonly root: string;
    readonly setupFiles: string[];
    readonly browser?: { readonly enabled?: boolean };
  };
  provide(key: string, value: unknown): void;
}

const OURS = ['runtime', 'ledger', 'vitest'].map((name) => folderOf(`@throughline/${name}`));

const runs = new WeakMap<Vitest, VitestRun>();

/** One start of Vitest, whose projects may each have the plugin, with options of their own. */
export class VitestRun {
  readonly #projects = new Map<string, { project: Project; options: ResolvedOptions }>();

  /** Returns the run of a Vitest, which begins when it is first asked for. */
  static of(vitest: Vitest): VitestRun {
    let run = runs.get(vitest);
    if (run === undefined) {
      run = new VitestRun(vitest);
      runs.set(vitest, run);
    }
    return run;
  }

  private constructor(private readonly vitest: Vitest) {
    vitest.config.reporters.push(
      new ThroughlineReporter(
        (name) => this.#optionsOf(name),
        () => this.#files(),
      ),
    );
  }

  /** Makes the tests of a project be watched. */
  add(project: Project, options: ResolvedOptions): void {
    if (this.#projects.has(project.name)) return;
    this.#projects.set(project.name, { project, options });
    const { root, setupFiles, browser } = project.config;
    // First, so that the project's own setup files are watched, too.
    setupFiles.unshift(setupFile(this.vitest.version, browser?.enabled === true));
    const { leaks, maxPrinted, baseline } = options;
    // A page has no environment variables.
    const { THROUGHLINE_EVENTS: folder } = process.env;
    const events = folder === undefined ? options.events : folder || undefined;
    const provided: Provided = {
      ...{ leaks, maxPrinted, events },
      cwd: process.cwd(),
      rootDir: root,
      project: project.name,
      baseline: readBaseline(baseline && resolve(root, baseline)),
      runtimeDir: OURS[0]!,
      ownFolders: OURS,
    };
    project.provide(PROVIDED, provided);
  }

  #optionsOf(name: string): ResolvedOptions | undefined {
    return this.#projects.get(name)?.options;
  }

  #files(): ReportFiles[] {
    return [...this.#projects.values()].map(({ project, options }) => ({
      rootDir: project.config.root,
      baseline: options.baseline,
      junit: options.junit,
    }));
  }
}

/** Returns the setup file for a version of Vitest. It is always a module, also where this file is not. */
function setupFile(version: string, isBrowser: boolean): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOlder = major < 4 || (major === 4 && minor === 0);
  return moduleAt(`./setup/${isBrowser ? 'browser' : 'node'}${isOlder ? '-3' : ''}.js`);
}

/** Returns the path of a file of this package, as a module. */
export function moduleAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url)).replace(/([\\/])cjs([\\/])/, '$1esm$2');
}

/** The folders of our packages that tests load, which a page must be allowed to read. */
export function ownFolders(): readonly string[] {
  return OURS;
}

function folderOf(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}
