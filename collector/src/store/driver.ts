export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Statement {
  /** Runs it, and returns how many rows changed. */
  run(...values: Value[]): number;
  all(...values: Value[]): Row[];
}

/** The little of SQLite that the store needs, the same over both drivers. */
export interface Driver {
  readonly name: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** Both drivers' statements and databases, as far as they are alike. */
interface Native {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: Value[]): { changes: number | bigint };
    all(...values: Value[]): unknown[];
  };
  close(): void;
}

/**
 * Opens an SQLite file with `node:sqlite` where the running Node has it, and with `libsql`, which
 * comes built, where it has not (Node 20).
 */
export async function openDriver(file: string): Promise<Driver> {
  const builtIn = nodeSqlite();
  return builtIn
    ? adapt('node:sqlite', new builtIn(file))
    : adapt('libsql', new (await loadLibsql())(file));
}

function adapt(name: Driver['name'], database: Native): Driver {
  return {
    name,
    exec: (sql) => void database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...values) => Number(statement.run(...values).changes),
        all: (...values) => statement.all(...values) as Row[],
      };
    },
    close: () => database.close(),
  };
}

type Constructor = new (file: string) => Native;

function nodeSqlite(): Constructor | undefined {
  // Loading it prints that it is experimental, which is our business and not the user's.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const module = process.getBuiltinModule?.('node:sqlite') as unknown as
      { DatabaseSync: Constructor } | undefined;
    return module?.DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function loadLibsql(): Promise<Constructor> {
  return ((await import('libsql')) as { default: unknown }).default as Constructor;
}
