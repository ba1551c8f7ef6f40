import { dirname, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import instrument from '@throughline/babel-plugin/vite';
import { readBaseline } from '@throughline/ledger/node';
import { readOptions } from './options.js';
import type { Options } from './options.js';
import { PROVIDED } from './provided.js';
import type { Provided } from './provided.js';
import { ThroughlineReporter } from './reporter.js';

export { LedgerError } from '@throughline/ledger';
export type { FindingKind, LeakPolicy, LedgerErrorCode, Verdict } from '@throughline/ledger';
export type { Options };

/** The parts of Vitest that a plugin sees. */
interface Vitest {
  readonly version: string;
  readonly projects?: readonly Project[];
  readonly config: { reporters: unknown[] };
}
interface Project {
  readonly name: string;
  readonly config: {
    readonly root: string;
    readonly setupFiles: string[];
    readonly browser?: { readonly enabled?: boolean };
  };
  provide(key: string, value: unknown): void;
}

/**
 * Returns the Vite plugins that watch the tests: one line in `plugins` of vitest.config.
 *
 * Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`.
 *
 * @example
 * // vitest.config.js
 * export default defineConfig({ plugins: [throughline({ leaks: 'fail' })] });
 */
export function throughline(written: Options = {}): unknown[] {
  const options = readOptions(written);
  const projects = new Map<string, Project>();
  let vitest: Vitest | undefined;

  function add(project: Project): void {
    if (vitest === undefined || projects.has(project.name)) return;
    projects.set(project.name, project);
    const { config } = project;
    config.setupFiles.unshift(setupFile(vitest.version, config.browser?.enabled === true));
    const { root } = config;
    const provided: Provided = {
      leaks: options.leaks,
      maxPrinted: options.maxPrinted,
      events: options.events,
      cwd: process.cwd(),
      rootDir: root,
      project: project.name,
      baseline: readBaseline(options.baseline && resolve(root, options.baseline)),
      runtimeDir: folderOf('@throughline/runtime'),
      ownFolders: ['runtime', 'ledger', 'vitest'].map((name) => folderOf(`@throughline/${name}`)),
    };
    project.provide(PROVIDED, provided);
  }

  const reporter = {
    onInit: (given: unknown) => {
      for (const project of (given as Vitest).projects ?? []) add(project);
    },
    projects: () =>
      [...projects.values()].map(({ config }) => ({
        rootDir: config.root,
        baseline: options.baseline,
        junit: options.junit,
      })),
  };
  return [
    instrument({ ...options.plugin, causes: true }),
    {
      name: 'throughline:vitest',
      enforce: 'pre',
      config: ({ test }: { test?: { includeTaskLocation?: boolean } }) => ({
        test: { includeTaskLocation: test?.includeTaskLocation ?? true },
        server: { fs: { allow: ['.', ...provided()] } },
      }),
      resolveId: (id: string, importer: string | undefined) =>
        COMPILED.test(id) && importer?.replace(/[?#].*/, '') !== compiledFile
          ? compiledFile
          : undefined,
      configureVitest(context: { vitest: Vitest; project: Project }) {
        if (vitest !== context.vitest) {
          vitest = context.vitest;
          vitest.config.reporters.push(new ThroughlineReporter(reporter));
        }
        add(context.project);
      },
    },
  ];
}

export default throughline;

const COMPILED = /^@throughline\/runtime\/compiled(?:-with-causes)?$/;
const compiledFile = own('./compiled.js');

function provided(): string[] {
  return ['runtime', 'ledger', 'vitest'].map((name) => folderOf(`@throughline/${name}`));
}

/** Returns the setup file for a version of Vitest. It is always a module, also where this file is not. */
function setupFile(version: string, isBrowser: boolean): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOlder = major < 4 || (major === 4 && minor === 0);
  return own(`./setup/${isBrowser ? 'browser' : 'node'}${isOlder ? '-3' : ''}.js`);
}

function own(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url)).replace(/([\\/])cjs([\\/])/, '$1esm$2');
}

/** Returns the folder of one of our packages. */
function folderOf(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}
