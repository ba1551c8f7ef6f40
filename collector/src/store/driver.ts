import { createRequire } from 'node:module';

/** A value that a statement takes or returns. */
export type Value = string | number | null | Uint8Array;
/** A row, by column name. */
export type Row = Record<string, Value>;

/** A prepared statement. */
export interface Statement {
  /** Runs the statement. */
  run(...values: Value[]): void;
  /** Runs the statement and returns all of its rows. */
  all(...values: Value[]): Row[];
}

/** The part of SQLite that the store needs, with one interface for both drivers. */
export interface Driver {
  readonly name: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Returns the value of a pragma that is a number. */
  pragma(name: string): number;
  close(): void;
}

/** The database interface that both drivers share. */
interface Native {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: unknown[]): unknown;
    all(...values: unknown[]): unknown[];
  };
  close(): void;
}

/** How a driver passes values. */
interface Dialect {
  /** Returns the arguments of a call of a statement. */
  readonly bind: (values: Value[]) => unknown[];
  readonly read: (row: object) => Row;
}

const dialects: Readonly<Record<Driver['name'], Dialect>> = {
  'node:sqlite': { bind: (values) => values, read: (row) => row as Row },
  // It takes a first argument that is an object for named values, takes bytes only as a `Buffer`, and gives an `ArrayBuffer`.
  libsql: { bind: (values) => [values.map(buffered)], read: unbuffered },
};

/**
 * Opens an SQLite file with `node:sqlite` if the running Node has it, or else (Node 20) with `libsql`, which
 * ships prebuilt binaries.
 */
export function openDriver(file: string): Driver {
  const builtIn = nodeSqlite();
  return builtIn ? adapt('node:sqlite', new builtIn(file)) : adapt('libsql', new (libsql())(file));
}

/** Takes a transaction back. A full disk has done so already (SQLite, "Response To Errors Within A Transaction"). */
export function rollBack(driver: Driver): void {
  try {
    driver.exec('ROLLBACK');
  } catch {
    // The error before says what is wrong.
  }
}

function adapt(name: Driver['name'], database: Native): Driver {
  const { bind, read } = dialects[name];
  const prepare = (sql: string): Statement => {
    const statement = database.prepare(sql);
    return {
      run: (...values) => void statement.run(...bind(values)),
      all: (...values) => statement.all(...bind(values)).map((row) => read(row as object)),
    };
  };
  return {
    name,
    exec: (sql) => void database.exec(sql),
    prepare,
    pragma: (of) => Object.values(prepare(`PRAGMA ${of}`).all()[0] ?? {})[0] as number,
    close: () => database.close(),
  };
}

function buffered(value: Value): Value {
  if (!(value instanceof Uint8Array) || Buffer.isBuffer(value)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function unbuffered(row: object): Row {
  const values = row as Record<string, Value | ArrayBuffer>;
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value instanceof ArrayBuffer) values[name] = new Uint8Array(value);
  }
  return values as Row;
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

function libsql(): Constructor {
  return createRequire(import.meta.url)('libsql') as Constructor;
}
