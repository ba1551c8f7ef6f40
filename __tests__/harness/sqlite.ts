interface Builtins {
  getBuiltinModule(name: string): unknown;
}

/** Whether the running Node brings SQLite along. */
export const hasNodeSqlite = process.getBuiltinModule('node:sqlite') !== undefined;

/** Opens something as on a Node without SQLite. */
export async function withLibsql<T>(open: () => Promise<T>): Promise<T> {
  const builtins = process as unknown as Builtins;
  const { getBuiltinModule } = builtins;
  builtins.getBuiltinModule = (name) =>
    name === 'node:sqlite' ? undefined : getBuiltinModule.call(process, name);
  try {
    return await open();
  } finally {
    builtins.getBuiltinModule = getBuiltinModule;
  }
}
