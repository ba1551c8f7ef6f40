import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from './options.js';

/** The Jest settings that the preset provides. */
export interface Preset {
  readonly transform: Record<string, [path: string, options: Options]>;
  readonly testRunner: string;
  readonly reporters: (string | [string, Record<string, unknown>])[];
  readonly modulePaths?: string[];
  readonly moduleNameMapper: Record<string, string>;
  readonly testEnvironment?: string;
}

/** The extensions that `babel-jest` transforms by default, and those of ES modules and CommonJS. */
export const COMPILED = '\\.[cm]?[jt]sx?$';

/**
 * Returns the preset for these options.
 *
 * The test runner watches the tests, not the environment, so that every environment works, including one that
 * a file chooses for itself (`@jest-environment jsdom`).
 */
export function preset(options: Options = {}): Preset {
  return {
    transform: { [COMPILED]: [own('transformer'), options] },
    testRunner: own('runner'),
    // Jest takes reporters from the configuration of the run, not from its projects.
    reporters: ['default', own('reporter')],
    moduleNameMapper: { '^@throughline/runtime/compiled-with-causes$': IMPORTED },
    ...runtimeModulePaths(),
  };
}

/** A CommonJS file. Jest converts it where a module imports it. */
const IMPORTED = createRequire(import.meta.url).resolve('@throughline/jest/compiled');

function own(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

/** Lets instrumented files resolve the runtime, which strict package managers expose only to this package. */
function runtimeModulePaths(): Pick<Preset, 'modulePaths'> {
  const entry = dirname(
    createRequire(import.meta.url).resolve('@throughline/runtime/package.json'),
  );
  const [folder] = entry.split(`${sep}@throughline${sep}`);
  return folder === undefined || folder === entry ? {} : { modulePaths: [folder] };
}
