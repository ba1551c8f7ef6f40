import { invalidOption, list, unknownOption } from './errors.js';

/** The kinds of spawn points, as `skip` names them. */
export const spawnPointKinds = ['async', 'timer', 'microtask', 'promise', 'listener'] as const;
export type SpawnPointKind = (typeof spawnPointKinds)[number];

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
}
export type ResolvedOptions = Required<Options>;

/** Takes what the user wrote; returns a value of the declared type, or throws. */
type Reader<T> = (name: string, value: unknown) => T;

const readers: { [K in keyof ResolvedOptions]: Reader<ResolvedOptions[K]> } = {
  runtime: moduleName('@throughline/runtime'),
  skip: subsetOf(spawnPointKinds),
  sites: yesOrNo(true),
};

/** Checks the user's options at the door, once a file. Inside, the types are trusted. */
export function readOptions(written: object): ResolvedOptions {
  for (const name of Object.keys(written)) {
    if (!Object.hasOwn(readers, name)) throw unknownOption(name, Object.keys(readers));
  }
  const { runtime, skip, sites } = written as Record<string, unknown>;
  return {
    runtime: readers.runtime('runtime', runtime),
    skip: readers.skip('skip', skip),
    sites: readers.sites('sites', sites),
  };
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

function yesOrNo(fallback: boolean): Reader<boolean> {
  return (name, value = fallback) => {
    if (typeof value === 'boolean') return value;
    throw invalidOption(name, 'true or false', value);
  };
}
