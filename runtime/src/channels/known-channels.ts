import { queryLabel, withoutLiterals } from '../operations/sql.js';
import type { Message, TracedCall } from './tracing-channel.js';

/** What several libraries say of the server that they talk to. */
const serverOf = ({ serverAddress, serverPort }: Message): Record<string, unknown> => ({
  'server.address': serverAddress,
  'server.port': serverPort,
});

/** A command of Redis. Its arguments, which may hold anything, stay out. */
const redisCommand: TracedCall = {
  kind: 'client',
  label: ({ command }) => String(command).toUpperCase(),
  fields: (message) => ({
    'db.system.name': 'redis',
    'db.operation.name': String(message['command']).toUpperCase(),
    'db.namespace': message['database'],
    ...serverOf(message),
  }),
};

/** A query of MySQL, whose text has the values in it. */
const mysqlQuery: TracedCall = {
  kind: 'client',
  label: ({ query }) => queryLabel(withoutLiterals(String(query), 'mysql')),
  fields: (message) => ({
    'db.system.name': 'mysql',
    'db.query.text': withoutLiterals(String(message['query']), 'mysql'),
    'db.namespace': message['database'],
    ...serverOf(message),
  }),
};

/** The tracing channels of libraries, by name. */
export const knownChannels: Readonly<Record<string, TracedCall>> = {
  'ioredis:command': redisCommand,
  'node-redis:command': redisCommand,
  'mysql2:query': mysqlQuery,
  'mysql2:execute': mysqlQuery,
};
