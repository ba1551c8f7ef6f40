// Every method that the catalogue makes an operation is where the catalogue says, in the real package. With `npm run test:newest`,
// in the newest version of each: the difference is what has moved.
import { libraryMethods } from '../../runtime/src/libraries/index';
import { nodeOf, Project } from './project';

const PACKAGES = [
  '@anthropic-ai/sdk@1.14.0',
  '@aws-sdk/client-dynamodb@3.1169.0',
  '@aws-sdk/client-sqs@3.1175.0',
  '@grpc/grpc-js@1.14.7',
  'amqplib@2.3.1',
  'better-sqlite3@13.2.0',
  'bullmq@6.7.0',
  'hono@4.13.19',
  'ioredis@6.0.0',
  'kafkajs@2.2.4',
  'koa@3.3.0',
  'mongodb@7.9.0',
  'mysql2@3.24.6',
  'openai@6.49.0',
  'pg@8.23.1',
  'postgres@3.4.9',
  'undici@8.11.0',
  'socket.io@4.8.4',
  'socket.io-client@4.8.4',
  'sqs-consumer@15.0.3',
  'winston@3.19.0',
  'ws@8.23.0',
];

/** The names of methods, by package and class. */
const catalogue = Object.entries(libraryMethods).map(
  ([name, methods]) => [name, Object.keys(methods)] as const,
);

/** Modules to load, where the package's own entry does not have the class. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  mysql2: ['mysql2', 'mysql2/promise'],
};

/** Classes that only older versions have at this place. */
const MOVED = new Set(['@smithy/smithy-client Client']);

test('each class and method is there', async () => {
  const project = await Project.with(PACKAGES, await nodeOf(24));
  const modules = PACKAGES.map((one) => one.slice(0, one.lastIndexOf('@'))).flatMap(
    (name) => MODULES[name] ?? [name],
  );
  project.write({
    'program.mjs': `
      import { libraryClasses } from './node_modules/@throughline/runtime/dist/esm/promises/library-classes.js';
      import { DatabaseSync } from 'node:sqlite';
      ${modules.map((name) => `await import('${name}');`).join('\n')}
      const methodsOf = ({ prototype }, names) => names.filter((name) => typeof prototype[name] === 'function');
      const asked = ${JSON.stringify(Object.fromEntries(catalogue))};
      const found = {};
      for (const { name, made } of libraryClasses.known) {
        found[name] = [...new Set([...(found[name] ?? []), ...methodsOf(made, asked[name] ?? [])])];
      }
      console.log(JSON.stringify(found));`,
  });
  const output = await project.run('--import', '@throughline/babel-plugin/register', 'program.mjs');
  const found = Object.entries(JSON.parse(output) as Record<string, string[]>);

  expect(Object.fromEntries(found.map(([name, methods]) => [name, methods.sort()]))).toEqual(
    Object.fromEntries(
      catalogue
        .filter(([name]) => !MOVED.has(name))
        .map(([name, methods]) => [name, [...methods].sort()]),
    ),
  );
});
