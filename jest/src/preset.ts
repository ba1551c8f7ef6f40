import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from './options.js';

/** The part of Jest's configuration that a preset gives. */
export interface Preset {
  readonly transform: Record<string, [path: string, options: Options]>;
  readonly testRunner: string;
  readonly reporters: (string | [string, object])[];
  readonly modulePaths?: string[];
  readonly moduleNameMapper: Record<string, string>;
  readonly testEnvironment?: string;
}

/** What `babel-jest` compiles by default, and the extensions of modules and CommonJS. */
const COMPILED = '\\.[cm]?[jt]sx?$';

/**
 * The runner of test files, and not an environment, is what watches the tests: it works with every
 * environment, also where a file names one for itself (`@jest-environment jsdom`).
 */
export function preset(options: Options = {}): Preset {
  return {
    transform: { [COMPILED]: [own('transformer'), options] },
    testRunner: own('runner'),
    // One preset or several of a run's projects: the reporters are the run's.
    reporters: ['default', own('reporter')],
    moduleNameMapper: { '^@throughline/runtime/compiled-with-causes$': IMPORTED },
    ...runtimeIsFound(),
  };
}

/** Jest makes a module of it where it is imported. */
const IMPORTED = createRequire(import.meta.url).resolve('@throughline/jest/compiled');

function own(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/** Compiled files ask for the runtime, which a strict package manager lets nobody but us see. */
function runtimeIsFound(): Pick<Preset, 'modulePaths'> {
  const entry = dirname(
    createRequire(import.meta.url).resolve('@throughline/runtime/package.json'),
  );
  const [folder] = entry.split(`${sep}@throughline${sep}`);
  return folder === undefined || folder === entry ? {} : { modulePaths: [folder] };
}
