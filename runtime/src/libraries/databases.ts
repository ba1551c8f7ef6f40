import { calls, follows } from '../methods/replace.js';
import type { Described, LibraryMethods } from '../methods/replace.js';
import { queryLabel, withoutLiterals } from '../operations/sql.js';

/** A client of the package pg. */
interface PgClient {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
}

function pgQuery(
  { host, port, database }: PgClient,
  [query]: readonly unknown[],
): Described | undefined {
  const { text = query, submit, callback } = Object(query) as Record<string, unknown>;
  // A cursor, a stream and an object with its own callback tell of their end in other ways.
  if (typeof text !== 'string' || submit !== undefined || callback !== undefined) return undefined;
  const plain = withoutLiterals(text);
  return {
    label: queryLabel(plain),
    fields: {
      'db.system.name': 'postgresql',
      'db.query.text': plain,
      'db.namespace': database,
      'server.address': host,
      'server.port': port,
    },
  };
}

/** A connection of the package mongodb. */
interface MongoConnection {
  readonly address: string;
}

/** What the driver sends to keep its own state: which servers there are, and who it is. */
const OF_THE_DRIVER = /^(?:hello|isMaster|ismaster|sasl|endSessions|killCursors)/;

/** The name of a command is its first key, and the collection the value of it, or named beside (MongoDB, "Commands"). */
function mongoCommand(
  { address }: MongoConnection,
  [namespace, command]: readonly unknown[],
): Described | undefined {
  const [[name, target] = ['command']] = Object.entries(Object(command) as object);
  if (OF_THE_DRIVER.test(name)) return undefined;
  const { collection = target } = command as Record<string, unknown>;
  const named = typeof collection === 'string' ? collection : undefined;
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [undefined, address];
  return {
    label: named === undefined ? name : `${name} ${named}`,
    fields: {
      'db.system.name': 'mongodb',
      'db.operation.name': name,
      'db.collection.name': named,
      'db.namespace': (namespace as { readonly db?: string }).db,
      'server.address': host,
      'server.port': port && Number(port),
    },
  };
}

export const databases: LibraryMethods = {
  'mongodb Connection': { command: calls(mongoCommand) },
  // Their queries are operations of its tracing channels.
  'mysql2 BaseConnection': { query: follows, execute: follows },
  'mysql2 BasePool': { query: follows, execute: follows },
  'mysql2 PromiseConnection': { query: follows, execute: follows },
  'mysql2 PromisePool': { query: follows, execute: follows },
  'pg Client': { query: calls(pgQuery, { takesCallback: true }) },
  'pg-pool Pool': { query: follows },
};
