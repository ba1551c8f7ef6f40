import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import type { JestEnvironment } from '@jest/environment';
import type * as RealmScript from '@throughline/runtime/realm-script';
import { requireFromJest } from './jest-packages.js';

/** The runtime in the realm that the tests run in. */
export interface LoadedRealm extends Readonly<typeof RealmScript> {
  /** The helpers that instrumented files of the realm call. */
  readonly helpers: object;
}

const fromRuntime = createRequire(import.meta.url);
const script = fromRuntime.resolve('@throughline/runtime/realm-script');
/** The folder of the runtime's built files, which sit between an instrumented function and its caller in a stack. */
export const RUNTIME_DIR = join(
  dirname(fromRuntime.resolve('@throughline/runtime/package.json')),
  'dist',
);
/** The global key under which compiled.ts finds the helpers for instrumented files, in the tests' realm. */
const SHARED = Symbol.for('throughline.jest');

/**
 * Loads the runtime into the realm of an environment, before any module of the tests. Copies that the tests
 * load later use this one, and resetting the module registry does not replace it. Returns undefined when the
 * environment has no VM context.
 *
 * Does not use Jest's `require`, which takes longer for the runtime's modules than many test files take. Instead,
 * one script is compiled once per process.
 */
export function loadRealm(environment: JestEnvironment<unknown>): LoadedRealm | undefined {
  const context = environment.getVmContext();
  if (context === null) return undefined;
  const load = compiledScript().runInContext(context) as () => typeof RealmScript;
  const realm = load();
  const helpers = { ...realm.compiled, ...withoutWarnings };
  const global = environment.global as Record<symbol, unknown>;
  // Jest deletes the properties of globals when a file is done, but late callbacks still need these.
  const { protectProperties } = requireFromJest<JestUtil>('jest-util');
  Object.defineProperty(global, SHARED, { value: helpers, configurable: true });
  protectProperties?.(helpers);
  protectProperties?.(global[Symbol.for('throughline.runtime')]);
  return { ...realm, helpers };
}

/** Turns off the warnings about lost context: they help while developing, and are noise in the output of tests. */
const withoutWarnings = {
  noteHandoff: <F>(_site: number, callback: F): F => callback,
  checkContext(): void {},
};

interface JestUtil {
  readonly protectProperties?: (value: unknown) => void;
}

let compiled: Script | undefined;

/** Compiles the runtime's script under its own file name, so that stack traces treat it like the runtime's files. */
function compiledScript(): Script {
  return (compiled ??= new Script(readFileSync(script, 'utf8'), { filename: script }));
}
