import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import type { JestEnvironment } from '@jest/environment';
import type * as Runtime from '@throughline/runtime';
import type * as Ledger from '@throughline/runtime/ledger';
import type { Client } from './events/client.js';
import { requireFromJest } from './jest-packages.js';

/** The runtime of the realm that tests run in. */
export interface Realm extends Entries {
  /** What compiled files import. */
  readonly compiled: object;
  /** The global object as the tests know it, which in a window is another one than its environment's. */
  readonly global: object;
}
interface Entries {
  readonly runtime: Pick<typeof Runtime, 'getLocal' | 'register' | 'setLocal' | 'snapshot'>;
  readonly ledger: typeof Ledger;
  readonly xtrace: { readonly client: Client };
}

const RUNTIME = '@throughline/runtime';
const COMPILED = `${RUNTIME}/compiled-with-causes`;
const fromRuntime = createRequire(import.meta.url);
/** What stands between a compiled function and its caller. */
export const RUNTIME_DIR = join(dirname(fromRuntime.resolve(`${RUNTIME}/package.json`)), 'dist');
/** Where compiled.ts, in the tests' realm, finds what compiled files import. */
const SHARED = Symbol.for('throughline.jest');

/**
 * Loads the runtime into the realm of an environment, before anything of the tests is: theirs are then
 * copies of this one, and no reset of modules gives them another.
 *
 * Not with Jest's `require`: what that takes for each of the runtime's modules, and for each test file
 * anew, is more than many a test takes. One script is compiled once for all the files of a process.
 */
export function loadRealm(environment: JestEnvironment<unknown>): Realm | undefined {
  const context = environment.getVmContext();
  if (context === null) return undefined;
  const load = runtimeScript().runInContext(context) as () => Realm;
  const realm = load();
  const compiled = { ...realm.compiled, ...quiet };
  const global = environment.global as Record<symbol, unknown>;
  // Jest takes what was set on the global object apart when a file is done; what comes late needs it.
  const { protectProperties } = requireFromJest<JestUtil>('jest-util');
  Object.defineProperty(global, SHARED, { value: compiled, configurable: true });
  protectProperties?.(compiled);
  protectProperties?.(global[Symbol.for('throughline.runtime')]);
  return realm;
}

/**
 * Whether a callback of a library sees its context is for the program's own development to say; among the
 * output of tests it is noise.
 */
const quiet = { handed: <F>(_site: number, callback: F): F => callback, woke(): void {} };

interface JestUtil {
  readonly protectProperties?: (value: unknown) => void;
}

let script: Script | undefined;

/**
 * The modules of the runtime as one script, whose value is a function that runs them. It has the name of
 * a file of the runtime's, so that stack traces show it, or hide it, as they do with those.
 */
function runtimeScript(): Script {
  if (script !== undefined) return script;
  const entries = {
    runtime: fromRuntime.resolve(RUNTIME),
    ledger: fromRuntime.resolve(`${RUNTIME}/ledger`),
    compiled: fromRuntime.resolve(COMPILED),
    // What the entry's client logs with; what sends needs Node.
    xtrace: join(dirname(fromRuntime.resolve(`${RUNTIME}/xtrace`)), 'log.js'),
  };
  const modules = new Map<string, string>();
  for (const file of Object.values(entries)) collect(file, modules);
  const table = [...modules].map(
    ([file, text]) => `${JSON.stringify(file)}(exports, require) {\n${text}\n}`,
  );
  const loaded = Object.entries(entries).map(
    ([key, file]) => `${key}: load(${JSON.stringify(file)})`,
  );
  const text = `(() => {
    const modules = {${table.join(',\n')}};
    const loaded = new Map();
    function load(file) {
      let exports = loaded.get(file);
      if (exports === undefined) {
        loaded.set(file, (exports = {}));
        modules[file](exports, (name) => load(resolve(file, name)));
      }
      return exports;
    }
    function resolve(from, name) {
      const path = from.split(/[\\\\/]/).slice(0, -1);
      for (const step of name.split('/')) {
        if (step === '..') path.pop();
        else if (step !== '.') path.push(step);
      }
      return path.join(${JSON.stringify(sepOf(entries.runtime))});
    }
    return { global: globalThis, ${loaded.join(', ')} };
  })`;
  return (script = new Script(text, { filename: join(RUNTIME_DIR, 'cjs', 'realm.js') }));
}

const REQUIRED = /\brequire\("(\.[^"]+)"\)/g;

/** A module and those that it requires. */
function collect(file: string, modules: Map<string, string>): void {
  if (modules.has(file)) return;
  const text = readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL=.*$/m, '');
  modules.set(file, text);
  for (const [, name] of text.matchAll(REQUIRED)) collect(join(dirname(file), name!), modules);
}

function sepOf(path: string): string {
  return path.includes('\\') ? '\\' : '/';
}
