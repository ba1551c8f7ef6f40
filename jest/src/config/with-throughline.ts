import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '@jest/types';
import { packagesToInstrument } from '../instrumented-packages.js';
import { requireFromJest } from '../jest-packages.js';
import { isOwnTransformer } from '../options.js';
import type { Options } from '../options.js';
import { COMPILED, preset } from '../preset.js';
import { requireOrImport } from '../require-or-import.js';
import type { ConfigOptions } from './config-options.js';
import { instrumented } from './transforms.js';
import type { Transforms } from './transforms.js';

/** A Jest configuration as it is written: an object, or a function that returns one. */
export type Configuration =
  | Config.InitialOptions
  | Promise<Config.InitialOptions>
  | (() => Config.InitialOptions | Promise<Config.InitialOptions>);

/**
 * Returns a Jest configuration whose tests are watched, and whose files are compiled as before: by ts-jest, `@swc/jest`,
 * a transformer of the project, or `babel-jest`. Covers the transforms of its `preset` and its `projects`.
 *
 * @example
 * // jest.config.js
 * module.exports = withThroughline({ preset: 'ts-jest' }, { leaks: 'fail' });
 */
export function withThroughline(
  configuration: Configuration = {},
  { include = [], ...options }: ConfigOptions = {},
): () => Promise<Config.InitialOptions> {
  const folder = callingFolder();
  const ignored =
    include.length === 0 ? {} : { transformIgnorePatterns: packagesToInstrument(include) };
  return async () => {
    const config = await (typeof configuration === 'function' ? configuration() : configuration);
    return changed({ ...config, ...ignored }, folder, options);
  };
}

async function changed(
  config: Config.InitialOptions,
  folder: string,
  options: Options,
): Promise<Config.InitialOptions> {
  const rootDir = config.rootDir === undefined ? folder : resolve(folder, config.rootDir);
  const { testRunner, moduleNameMapper, modulePaths, reporters } = preset();
  const reporter = reporters.at(-1)!;
  const reported = { ...config, reporters: [...(config.reporters ?? ['default']), reporter] };
  if (config.projects) {
    return { ...reported, projects: await projectsOf(config.projects, rootDir, options) };
  }
  const [own] = preset().transform[COMPILED]!;
  const ofPreset = await transformsOfPreset(config, rootDir);
  // As Jest merges them: own patterns are tried first.
  const isWritten = config.transform !== undefined || ofPreset !== undefined;
  const written = { ...config.transform, ...ofPreset, ...config.transform } as Transforms;
  return {
    ...reported,
    // Where the configuration says nothing of it, Jest uses babel-jest; `{}` leaves files as they are written.
    transform: isWritten
      ? (instrumented(written, {
          ...{ rootDir, own, options },
          globals: config.globals as Readonly<Record<string, object | undefined>>,
        }) as NonNullable<Config.InitialOptions['transform']>)
      : { [COMPILED]: [own, options] },
    testRunner: isCircus(config.testRunner) ? testRunner : config.testRunner!,
    moduleNameMapper: { ...moduleNameMapper, ...config.moduleNameMapper },
    ...(modulePaths && { modulePaths: [...(config.modulePaths ?? []), ...modulePaths] }),
  };
}

function isCircus(runner: string | undefined): boolean {
  return runner === undefined || /^circus$|jest-circus/.test(runner);
}

/** Returns the transforms of the preset that a configuration names. Jest merges the rest of the preset itself. */
async function transformsOfPreset(
  { preset: name }: Config.InitialOptions,
  rootDir: string,
): Promise<Transforms | undefined> {
  if (!name) return undefined;
  const path = name.replace('<rootDir>', rootDir);
  const isFile = path.startsWith('.') || isAbsolute(path);
  const from = createRequire(join(rootDir, 'package.json'));
  const file = from.resolve(isFile ? path : `${path}/jest-preset`);
  const loaded = await requireOrImport(file);
  return (
    (loaded as { transform?: Transforms }).transform ??
    (loaded as { default?: { transform?: Transforms } }).default?.transform
  );
}

type Project = string | Config.InitialProjectOptions;

/** Changes the projects, also those that are folders or files with a configuration of their own. */
async function projectsOf(
  projects: readonly Project[],
  rootDir: string,
  options: Options,
): Promise<Config.InitialProjectOptions[]> {
  const all = await Promise.all(
    projects.map(async (project) => {
      if (typeof project !== 'string') return [await changed(project, rootDir, options)];
      const found = pathsOf(project.replace('<rootDir>', rootDir), rootDir);
      return Promise.all(found.map((path) => projectAt(path, options)));
    }),
  );
  for (const project of all.flat()) delete project.reporters;
  return all.flat() as Config.InitialProjectOptions[];
}

function pathsOf(pattern: string, rootDir: string): string[] {
  const path = resolve(rootDir, pattern);
  if (existsSync(path)) return [path];
  type Glob = { sync?: (pattern: string, options: object) => string[]; glob?: Glob };
  const glob = requireFromJest<Glob>('glob');
  const { sync } = glob.sync ? glob : glob.glob!;
  return sync!(path.replaceAll('\\', '/'), { windowsPathsNoEscape: true }).sort();
}

/** Reads the configuration of a project's folder or file, as Jest does. */
async function projectAt(path: string, options: Options): Promise<Config.InitialOptions> {
  const { readInitialOptions } = requireFromJest<JestConfig>('jest-config');
  const isFolder = statSync(path).isDirectory();
  const { config, configPath } = await readInitialOptions(isFolder ? undefined : path, {
    packageRootOrConfig: isFolder ? path : dirname(path),
    skipMultipleConfigError: true,
  });
  const folder = configPath ? dirname(configPath) : path;
  const rootDir = config.rootDir === undefined ? folder : resolve(folder, config.rootDir);
  // What `withThroughline` has already changed stays.
  const isOurs = Object.values(config.transform ?? {}).some((entry) =>
    isOwnTransformer(String([entry].flat()[0])),
  );
  return isOurs ? { ...config, rootDir } : changed({ ...config, rootDir }, rootDir, options);
}

interface JestConfig {
  readInitialOptions(
    config: string | undefined,
    options: object,
  ): Promise<{ config: Config.InitialOptions; configPath: string | null }>;
}

/** Returns the folder of the file that called `withThroughline`: the configuration. */
function callingFolder(): string {
  const [, , , line = ''] = (new Error().stack ?? '').split('\n');
  const [, path = ''] = /((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*):\d+:\d+\)?$/.exec(line) ?? [];
  const file = path.startsWith('file:') ? fileURLToPath(path) : path;
  return isAbsolute(file) ? dirname(file) : process.cwd();
}
