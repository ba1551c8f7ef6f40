// Every method that the catalogue makes an operation is where the catalogue says, in the real package. With `npm run test:newest`,
// in the newest version of each: the difference is what has moved.
import { catalogueOf, foundIn } from './catalogue';
import { nodeOf, Project } from './project';

const PACKAGES = [
  '@anthropic-ai/sdk@1.14.0',
  '@aws-sdk/client-dynamodb@3.1169.0',
  '@aws-sdk/client-sqs@3.1175.0',
  '@grpc/grpc-js@1.14.7',
  '@platformatic/kafka@1.35.0',
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
  'sequelize@6.37.8',
  'socket.io@4.8.4',
  'socket.io-client@4.8.4',
  'sqs-consumer@15.0.3',
  'winston@3.19.0',
  'ws@8.23.0',
];

/** Modules to load, where the package's own entry does not have the class. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  mysql2: ['mysql2', 'mysql2/promise'],
};

/** Classes that only older versions have at this place. */
const MOVED = '@smithy/smithy-client Client';
/** A package that is compiled for its own tests, which look for its classes (operations-kafka-clients.test.ts). */
const COMPILED = '@confluentinc/kafka-javascript ';

test('each class and method is there', async () => {
  const project = await Project.with(PACKAGES, await nodeOf(24));
  const modules = PACKAGES.map((one) => one.slice(0, one.lastIndexOf('@'))).flatMap(
    (name) => MODULES[name] ?? [name],
  );
  const asked = catalogueOf((name) => name !== MOVED && !name.startsWith(COMPILED));

  expect(await foundIn(project, modules, asked)).toEqual(asked);
});
