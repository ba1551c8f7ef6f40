/**
 * Classes of libraries whose methods begin operations, by package. Each is a declaration at the top level of a file of the
 * package. The runtime has a description for each (channels/library-methods.ts).
 */
const operationClasses: Readonly<Record<string, readonly string[]>> = {
  pg: ['Client'],
  'pg-pool': ['Pool'],
  mysql2: ['BaseConnection', 'BasePool', 'PromiseConnection', 'PromisePool'],
};

/** Returns the names of the classes of a package. */
export function operationClassesOf(packageName: string | undefined): readonly string[] {
  if (packageName === undefined || !Object.hasOwn(operationClasses, packageName)) return [];
  return operationClasses[packageName]!;
}
