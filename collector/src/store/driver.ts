/** A value that a statement takes or returns. */
export type Value = string | number | null;
/** A row, by column name. */
export type Row = Record<string, Value>;

/** A prepared statement. */
export interface Statement {
  /** Runs the statement and returns how many rows changed. */
  run(...values: Value[]): number;
  /** Runs the statement and returns all of its rows. */
  all(...values: Value[]): Row[];
}

/** The part of SQLite that the store needs, with one interface for both drivers. */
export interface Driver {
  readonly name: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** The database interface that both drivers share. */
interface Native {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: Value[]): { changes: number | bigint };
    all(...values: Value[]): unknown[];
  };
  close(): void;
}

/**
 * Opens an SQLite file with `node:sqlite` if the running Node has it, or else (Node 20) with `libsql`, which
 * ships prebuilt binaries.
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
  // Loading it prints an experimental warning, which does not concern the user.
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
