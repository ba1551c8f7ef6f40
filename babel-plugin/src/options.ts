import { invalidOption, list, unknownOption } from './errors.js';

/** Kinds of spawn points that `skip` accepts. */
export const spawnPointKinds = [
  ...(['async', 'timer', 'microtask', 'promise', 'listener'] as const),
  ...(['callback', 'observer', 'stream', 'worker'] as const),
] as const;
/** A kind of spawn point, as the option `skip` names it. */
export type SpawnPointKind = (typeof spawnPointKinds)[number];

/** Values of the option `events`. */
export const eventPolicies = ['auto', 'registration', 'trigger'] as const;
/** Chooses the context that a listener runs in. See "What each callback sees" in the README. */
export type EventPolicy = (typeof eventPolicies)[number];

/** Values of the option `generators`. */
export const generatorPolicies = ['caller', 'creation'] as const;
/** Chooses the context that a generator's body runs in: of each caller of `next()`, or of its creation. */
export type GeneratorPolicy = (typeof generatorPolicies)[number];

/** Values of the option `workers`. */
export const workerPolicies = ['handshake', 'instrumented'] as const;
/** Tells whether the workers that a file starts are instrumented, or whether to ask them by a handshake. */
export type WorkerPolicy = (typeof workerPolicies)[number];

/** A library function that takes callbacks, with its defaults filled in. */
export interface SpawnPoint {
  /** Module that exports it. Omit it for a global function. */
  module?: string;
  /**
   * Name of the function: `"readFile"`, `"default"`, `"Pool.create"`; of a method: `"Client.prototype.query"`;
   * of a constructor: `"new Batcher"`; of the function that an export returns: `"default()"`.
   */
  call: string;
  /** Indexes of the callbacks among the arguments, from 0; or `"last"`, the last argument of each call. */
  callback: 'last' | readonly number[];
  /** True when the callback listens for events: it then runs in the context that `events` chooses. */
  listener: boolean;
}

/** Values of the option `asyncHooks`. */
export const asyncHooksPolicies = ['node', 'runtime'] as const;
/** Chooses whose `AsyncLocalStorage` instrumented code imports from `node:async_hooks`. */
export type AsyncHooksPolicy = (typeof asyncHooksPolicies)[number];

/** Options of the plugin. All of them are optional. */
export interface Options {
  /**
   * Module that instrumented files import the runtime from. The plugin appends subpaths such as `/compiled`.
   * Default: `"@throughline/runtime"`.
   */
  runtime?: string;
  /** Kinds of spawn points that are not instrumented. Default: `[]`. */
  skip?: SpawnPointKind[];
  /** Adds a table of its spawn points to each instrumented file. `false` turns `causes` off too. Default: `true`. */
  sites?: boolean;
  /**
   * Records at run time which spawn points led to the running code. `causeChain` needs it, and so do the
   * warnings about lost context. Default: `true`, unless Babel's environment is `"production"`.
   */
  causes?: boolean;
  /**
   * Chooses the context that listeners run in. `"trigger"`: the context of the code that triggers the event.
   * `"registration"`: the context in which the listener was added. `"auto"`: the context of the trigger if it
   * has one, otherwise that of the registration. Default: `"auto"`.
   */
  events?: EventPolicy;
  /**
   * Chooses the context that the bodies of generators run in. `"caller"`: the context of each call of
   * `next()`. `"creation"`: the context in which the generator was created. Default: `"caller"`.
   */
  generators?: GeneratorPolicy;
  /**
   * `"instrumented"` asserts that the workers which these files start are instrumented too, so that context
   * crosses with the first message. `"handshake"` asks each worker. Default: `"handshake"`.
   */
  workers?: WorkerPolicy;
  /**
   * `"runtime"` replaces imports of `node:async_hooks` with the runtime's `AsyncLocalStorage`, for builds that
   * run without Node, such as in browsers. Default: `"node"`.
   */
  asyncHooks?: AsyncHooksPolicy;
  /** Library functions that take callbacks, in addition to those that the plugin knows. Default: `[]`. */
  spawnPoints?: readonly WrittenSpawnPoint[];
}

/** A library function that takes callbacks, for the option `spawnPoints`. */
export interface WrittenSpawnPoint extends Partial<Pick<SpawnPoint, 'module' | 'listener'>> {
  /**
   * Name of the function: `"readFile"`, `"default"`, `"Pool.create"`; of a method: `"Client.prototype.query"`;
   * of a constructor: `"new Batcher"`; of the function that an export returns: `"default()"`.
   */
  call: string;
  /** Index of the callback among the arguments, from 0; several; `"first"`; or `"last"`. Default: `"last"`. */
  callback?: 'first' | 'last' | number | readonly number[];
}

/** Options with all defaults filled in. */
export interface ResolvedOptions extends Required<Omit<Options, 'spawnPoints'>> {
  spawnPoints: readonly SpawnPoint[];
}

/** Checks one option: returns a value of the declared type, or throws `TL_OPTION_INVALID`. */
type Reader<T> = (name: string, value: unknown) => T;

const readers: { [K in keyof ResolvedOptions]: Reader<ResolvedOptions[K]> } = {
  runtime: moduleName('@throughline/runtime'),
  skip: subsetOf(spawnPointKinds),
  sites: yesOrNo(true),
  causes: yesOrNo(false),
  events: oneOf(eventPolicies),
  generators: oneOf(generatorPolicies),
  workers: oneOf(workerPolicies),
  asyncHooks: oneOf(asyncHooksPolicies),
  spawnPoints: readSpawnPoints,
};

/**
 * Checks the user's options and fills in defaults. Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`. All other
 * code trusts the types.
 */
export function readOptions(written: object): ResolvedOptions {
  for (const name of Object.keys(written)) {
    if (!Object.hasOwn(readers, name)) throw unknownOption(name, Object.keys(readers));
  }
  const values = written as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(readers).map(([name, read]) => [name, read(name, values[name])]),
  ) as unknown as ResolvedOptions;
}

function moduleName(fallback: string): Reader<string> {
  return (name, value = fallback) => {
    if (typeof value === 'string' && value !== '') return value;
    throw invalidOption(name, 'a module name', value);
  };
}

function subsetOf<T extends string>(allowed: readonly T[]): Reader<T[]> {
  return (name, value = []) => {
    if (Array.isArray(value) && value.every((item) => allowed.includes(item as T))) {
      return value as T[];
    }
    throw invalidOption(name, `an array containing only ${list(allowed)}`, value);
  };
}

/** Accepts one of the allowed values. The first is the default. */
function oneOf<T extends string>(allowed: readonly [T, ...T[]]): Reader<T> {
  return (name, value = allowed[0]) => {
    if (allowed.includes(value as T)) return value as T;
    throw invalidOption(name, `one of ${list(allowed)}`, value);
  };
}

const CALL = /^(?:new )?[\w$]+(?:\.(?!prototype\b)[\w$]+)*(?:\(\))?$|^[\w$.]+\.prototype\.[\w$]+$/;
const spawnPointKeys = ['module', 'call', 'callback', 'listener'];

function readSpawnPoints(name: string, value: unknown = []): SpawnPoint[] {
  if (!Array.isArray(value)) throw invalidOption(name, 'an array of spawn points', value);
  return value.map((written: unknown, index) => readSpawnPoint(`${name}[${index}]`, written));
}

function readSpawnPoint(name: string, written: unknown): SpawnPoint {
  if (typeof written !== 'object' || written === null) {
    throw invalidOption(name, 'an object such as { module: "pg", call: "connect" }', written);
  }
  for (const key of Object.keys(written)) {
    if (!spawnPointKeys.includes(key)) {
      throw unknownOption(`${name}.${key}`, spawnPointKeys, 'a spawn point');
    }
  }
  const { module, call, callback, listener } = written as Record<string, unknown>;
  if (typeof call !== 'string' || !CALL.test(call)) {
    const examples = list(['readFile', 'Client.prototype.query', 'new Batcher', 'default()']);
    throw invalidOption(`${name}.call`, `the name of a function, such as ${examples}`, call);
  }
  return {
    ...(module === undefined ? {} : { module: plainModule(`${name}.module`, module) }),
    call,
    callback: readIndexes(`${name}.callback`, callback),
    listener: yesOrNo(false)(`${name}.listener`, listener),
  };
}

/** Removes `node:`: `node:fs` and `fs` are the same module. */
function plainModule(name: string, value: unknown): string {
  return moduleName('')(name, value).replace(/^node:/, '');
}

function readIndexes(name: string, value: unknown = 'last'): SpawnPoint['callback'] {
  if (value === 'last') return value;
  const places: unknown[] = value === 'first' ? [0] : Array.isArray(value) ? value : [value];
  if (places.length > 0 && places.every((place) => Number.isInteger(place) && Number(place) >= 0)) {
    return places as number[];
  }
  throw invalidOption(name, '"first", "last", an argument index, or an array of indexes', value);
}

function yesOrNo(fallback: boolean): Reader<boolean> {
  return (name, value = fallback) => {
    if (typeof value === 'boolean') return value;
    throw invalidOption(name, 'true or false', value);
  };
}

/** Returns the module that rewritten code imports. */
export function compiledEntry({ runtime, causes }: { runtime: string; causes: boolean }): string {
  return `${runtime}/${causes ? 'compiled-with-causes' : 'compiled'}`;
}
