// Jest runs CommonJS, in which the collector's `import('libsql')` is not possible. On a Node without
// `node:sqlite` the tests hand the same library in by the other door.

interface Builtins {
  getBuiltinModule(name: string): unknown;
}

/** Whether the running Node brings SQLite along. */
export const hasNodeSqlite = process.getBuiltinModule('node:sqlite') !== undefined;

/** Opens something with libsql in place of `node:sqlite`. */
export async function withLibsql<T>(open: () => Promise<T>): Promise<T> {
  const builtins = process as unknown as Builtins;
  const { getBuiltinModule } = builtins;
  builtins.getBuiltinModule = (name) =>
    name === 'node:sqlite'
      ? { DatabaseSync: require('libsql') as unknown }
      : getBuiltinModule.call(process, name);
  try {
    return await open();
  } finally {
    builtins.getBuiltinModule = getBuiltinModule;
  }
}

/** Opens something with the SQLite that a collector takes on the running Node. */
export function withSqlite<T>(open: () => Promise<T>): Promise<T> {
  return hasNodeSqlite ? open() : withLibsql(open);
}
