import { libraryMethods } from '../../runtime/src/libraries/index';
import type { Project } from './project';

/** The names of methods, by package and class, in order. */
type Catalogue = Readonly<Record<string, readonly string[]>>;

/** Returns the part of the catalogue that is asked for. */
export function catalogueOf(isAsked: (name: string) => boolean): Catalogue {
  const asked = Object.entries(libraryMethods).filter(([name]) => isAsked(name));
  return Object.fromEntries(asked.map(([name, methods]) => [name, Object.keys(methods).sort()]));
}

/** Returns which of the classes and methods of a catalogue modules have. A symbol is named by its description. */
export async function foundIn(
  project: Project,
  modules: readonly string[],
  asked: Catalogue,
): Promise<Catalogue> {
  project.write({
    'program.mjs': `
      import { libraryClasses } from './node_modules/@throughline/runtime/dist/esm/promises/library-classes.js';
      import { DatabaseSync } from 'node:sqlite';
      ${modules.map((name) => `await import('${name}');`).join('\n')}
      const symbolsOf = (object) =>
        object ? [...Object.getOwnPropertySymbols(object), ...symbolsOf(Object.getPrototypeOf(object))] : [];
      const keyOf = (prototype, name) =>
        name in prototype ? name : symbolsOf(prototype).find(({ description }) => description === name);
      const holderOf = (made, name) =>
        name.startsWith('static ') ? [made, name.slice('static '.length)] : [made.prototype, name];
      const methodsOf = (made, names) =>
        names.filter((name) => {
          const [holder, own] = holderOf(made, name);
          return typeof holder[keyOf(holder, own)] === 'function';
        });
      const asked = ${JSON.stringify(asked)};
      const found = {};
      for (const { name, made } of libraryClasses.known) {
        found[name] = [...new Set([...(found[name] ?? []), ...methodsOf(made, asked[name] ?? [])])];
      }
      console.log(JSON.stringify(found));`,
  });
  const output = await project.run('--import', '@throughline/babel-plugin/register', 'program.mjs');
  const found = Object.entries(JSON.parse(output) as Record<string, string[]>);
  return Object.fromEntries(found.map(([name, methods]) => [name, methods.sort()]));
}
