import type { Callee } from '../bindings.js';
import type { SpawnPoint } from '../options.js';
import type { CallbackPoint, ClassMethodPoint, Point, Points } from './entries.js';
import { libraries } from './libraries.js';
import { hasLibraryClasses, libraryMethods } from './library-classes.js';
import { nodeMethods, nodeModules } from './node.js';
import { globals, webMethods } from './web.js';

/** All spawn points that are known by name: ours, and those that the user adds. */
export interface Catalogue {
  /** Returns the entry for a function, or with `isNew` for a constructor. */
  pointOf(callee: Callee, isNew?: boolean): Point | undefined;
  /** Returns the rules for methods of that name. The class of the receiver selects among them at run time. */
  classMethods(name: string): readonly ClassMethodPoint[];
  /** Returns true for a module with classes in the catalogue. */
  knows(module: string): boolean;
}

const byModule: Readonly<Record<string, Points>> = { ...libraries, ...nodeModules };
const byMethod = merged(
  Object.entries(webMethods).map(([name, point]) => [name, [point]] as const),
  Object.entries(nodeMethods),
  libraryMethods,
);

/** Returns the catalogue with the user's spawn points before ours. */
export function catalogueWith(added: readonly SpawnPoint[]): Catalogue {
  const modules = new Map<string, Record<string, Point>>();
  const methods: [string, ClassMethodPoint[]][] = [];
  for (const { module = '', call, callback, listener } of added) {
    const point: CallbackPoint = {
      kind: listener ? 'listener' : 'callback',
      callbacks: callback,
      as: listener ? 'spawnListener' : 'spawnAlike',
    };
    const method = /^(?:.*\.)?([^.]+)\.prototype\.([^.]+)$/.exec(call);
    if (method) methods.push([method[2]!, [{ ...point, classes: [method[1]!], certain: true }]]);
    else modules.set(module, { ...modules.get(module), [call]: point });
  }
  const methodsHere = methods.length === 0 ? byMethod : merged(methods, [...byMethod]);

  return {
    pointOf({ from, name, ...callee }, isNew = false) {
      const module = from === 'module' ? (callee as { module: string }).module : '';
      // The whole module is its default export, in CommonJS and where CommonJS and ES modules mix.
      const path = `${isNew ? 'new ' : ''}${name.replace(/^\*/, 'default')}`;
      const own = modules.get(module);
      if (own && Object.hasOwn(own, path)) return own[path];
      const table = from === 'global' ? globals : ownOf(byModule, module);
      return table && ownOf(table, path);
    },
    classMethods: (name) => methodsHere.get(name) ?? none,
    knows: hasLibraryClasses,
  };
}

const none: readonly ClassMethodPoint[] = [];

function merged(
  ...tables: (readonly (readonly [string, readonly ClassMethodPoint[]])[])[]
): ReadonlyMap<string, readonly ClassMethodPoint[]> {
  const all = new Map<string, readonly ClassMethodPoint[]>();
  for (const [name, points] of tables.flat()) all.set(name, [...(all.get(name) ?? []), ...points]);
  return all;
}

function ownOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
