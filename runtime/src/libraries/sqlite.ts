import type { AnyFunction } from '../kernel/index.js';
import { calls, replaceMethod } from '../methods/replace.js';
import type { Described, LibraryMethods, Replace } from '../methods/replace.js';
import { queryLabel, withoutLiterals } from '../operations/sql.js';

/** A prepared statement: of better-sqlite3, or of `node:sqlite`. */
interface Statement {
  readonly source?: string;
  readonly sourceSQL?: string;
}

function described(text: unknown): Described | undefined {
  if (typeof text !== 'string') return undefined;
  const plain = withoutLiterals(text);
  return {
    label: queryLabel(plain),
    fields: { 'db.system.name': 'sqlite', 'db.query.text': plain },
  };
}

/** The methods of a statement that run it as a whole. `iterate` runs it as its reader goes on. */
const RUNS = ['run', 'get', 'all'];
const runs = calls(({ source, sourceSQL }: Statement) => described(source ?? sourceSQL));

/** The classes of statements whose methods are replaced. None of them is exported by name in both libraries. */
const seen = new WeakSet<object>();

/** Stands for `prepare(sql)`. The first statement leads to the class of all. */
const prepares: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const statement: unknown = Reflect.apply(method, this, args);
    const prototype: unknown = Object.getPrototypeOf(Object(statement));
    if (typeof prototype === 'object' && prototype !== null && !seen.has(prototype)) {
      seen.add(prototype);
      for (const name of RUNS) replaceMethod(prototype, name, runs);
    }
    return statement;
  };

const database: Readonly<Record<string, Replace>> = {
  exec: calls((_self: AnyFunction, [text]) => described(text)),
  prepare: prepares,
};

/** Databases in the process itself: their calls are over when they return. */
export const sqlite: LibraryMethods = {
  'better-sqlite3 Database': database,
  'node:sqlite DatabaseSync': database,
};
