import { invalidOption, list, unknownOption } from './errors.js';

/** The kinds of spawn points, as `skip` names them. */
export const spawnPointKinds = [
  ...(['async', 'timer', 'microtask', 'promise', 'listener'] as const),
  ...(['callback', 'observer', 'stream', 'worker'] as const),
] as const;
export type SpawnPointKind = (typeof spawnPointKinds)[number];

/** Which frame a listener runs in: see "What each callback sees" in the README. */
export const eventPolicies = ['auto', 'registration', 'trigger'] as const;
export type EventPolicy = (typeof eventPolicies)[number];

/** Which frame the body of a generator runs in: of whoever calls `next()`, or of its creation. */
export const generatorPolicies = ['caller', 'creation'] as const;
export type GeneratorPolicy = (typeof generatorPolicies)[number];

/** What is known of the workers that a file starts. */
export const workerPolicies = ['handshake', 'compiled'] as const;
export type WorkerPolicy = (typeof workerPolicies)[number];

/** A function of a library that is handed callbacks. */
export interface SpawnPoint {
  /** The module that exports it; left out for a global function. */
  module?: string;
  /**
   * Its name: `"readFile"`, `"default"`, `"Pool.create"`; a method, `"Client.prototype.query"`; a
   * constructor, `"new Batcher"`; what an export returns, `"default()"`.
   */
  call: string;
  /** Where the callback stands among the arguments, from 0; several; or the last one given. */
  callback: 'last' | readonly number[];
  /** Whether it is called at events, and so runs where the event does. */
  listener: boolean;
}

/** Whose `AsyncLocalStorage` compiled code gets from `node:async_hooks`. */
export const asyncHooksPolicies = ['node', 'runtime'] as const;
export type AsyncHooksPolicy = (typeof asyncHooksPolicies)[number];

export interface Options {
  /**
   * Module that instrumented files import the runtime from; `/compiled` is appended to it.
   * Default: `@throughline/runtime`.
   */
  runtime?: string;
  /** Kinds of spawn points to leave alone. Default: none. */
  skip?: SpawnPointKind[];
  /** Whether instrumented files carry the table of their spawn points. Default: true. */
  sites?: boolean;
  /**
   * Whether the program knows which spawn points led where it is: `causeChain`, and warnings where context is
   * lost. Default: true, unless Babel's environment is `production`.
   */
  causes?: boolean;
  /**
   * Which frame listeners run in. `"auto"`: the trigger's if it runs in a strand, else the
   * registration's. Default: `"auto"`.
   */
  events?: EventPolicy;
  /** Which frame the bodies of generators run in. Default: `"caller"`. */
  generators?: GeneratorPolicy;
  /**
   * `"compiled"` says that the workers which these files start are compiled as well, so that slots
   * cross from the first message on. Default: `"handshake"`, which finds out.
   */
  workers?: WorkerPolicy;
  /**
   * `"runtime"` has `node:async_hooks` in these files mean the runtime's `AsyncLocalStorage`, for builds that
   * run where Node's is not: in browsers. Default: `"node"`.
   */
  asyncHooks?: AsyncHooksPolicy;
  /** Functions of libraries that are handed callbacks, beside those that are known. */
  spawnPoints?: readonly WrittenSpawnPoint[];
}

/** A spawn point as the user writes it. */
export interface WrittenSpawnPoint extends Partial<Pick<SpawnPoint, 'module' | 'listener'>> {
  call: string;
  callback?: 'first' | 'last' | number | readonly number[];
}

export interface ResolvedOptions extends Required<Omit<Options, 'spawnPoints'>> {
  spawnPoints: readonly SpawnPoint[];
}

/** Takes what the user wrote; returns a value of the declared type, or throws. */
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

/** Checks the user's options at the door, once a file. Inside, the types are trusted. */
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
    throw invalidOption(name, `a list drawn from ${list(allowed)}`, value);
  };
}

/** The first one is what nobody has to write. */
function oneOf<T extends string>(allowed: readonly [T, ...T[]]): Reader<T> {
  return (name, value = allowed[0]) => {
    if (allowed.includes(value as T)) return value as T;
    throw invalidOption(name, `one of ${list(allowed)}`, value);
  };
}

const CALL = /^(?:new )?[\w$]+(?:\.(?!prototype\b)[\w$]+)*(?:\(\))?$|^[\w$.]+\.prototype\.[\w$]+$/;
const spawnPointKeys = ['module', 'call', 'callback', 'listener'];

function readSpawnPoints(name: string, value: unknown = []): SpawnPoint[] {
  if (!Array.isArray(value)) throw invalidOption(name, 'a list of spawn points', value);
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
    callback: readPlaces(`${name}.callback`, callback),
    listener: yesOrNo(false)(`${name}.listener`, listener),
  };
}

/** `node:fs` and `fs` are one module. */
function plainModule(name: string, value: unknown): string {
  return moduleName('')(name, value).replace(/^node:/, '');
}

function readPlaces(name: string, value: unknown = 'last'): SpawnPoint['callback'] {
  if (value === 'last') return value;
  const places: unknown[] = value === 'first' ? [0] : Array.isArray(value) ? value : [value];
  if (places.length > 0 && places.every((place) => Number.isInteger(place) && Number(place) >= 0)) {
    return places as number[];
  }
  throw invalidOption(name, '"first", "last", a place from 0, or a list of places', value);
}

function yesOrNo(fallback: boolean): Reader<boolean> {
  return (name, value = fallback) => {
    if (typeof value === 'boolean') return value;
    throw invalidOption(name, 'true or false', value);
  };
}
