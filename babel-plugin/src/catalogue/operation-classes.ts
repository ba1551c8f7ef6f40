/**
 * Classes of libraries whose methods begin operations or tell of them, by package. Each stands at the top level of a file
 * of the package. The runtime says what their methods are (runtime/src/libraries).
 */
const operationClasses: Readonly<Record<string, readonly string[]>> = {
  '@anthropic-ai/sdk': ['APIPromise', 'BaseAnthropic'],
  '@confluentinc/kafka-javascript': [
    'Consumer',
    'HighLevelProducer',
    'KafkaConsumer',
    'KafkaConsumerStream',
    'Producer',
    'ProducerStream',
  ],
  '@grpc/grpc-js': [
    'BaseInterceptingCall',
    'BaseServerInterceptingCall',
    'ClientDuplexStreamImpl',
    'ClientReadableStreamImpl',
    'ClientWritableStreamImpl',
    'ServerDuplexStreamImpl',
    'ServerReadableStreamImpl',
    'ServerWritableStreamImpl',
  ],
  '@platformatic/kafka': ['Consumer', 'MessagesStream', 'Producer', 'ProducerStream'],
  '@smithy/core': ['Client'],
  '@smithy/smithy-client': ['Client'],
  amqplib: ['BaseChannel', 'Channel', 'ConfirmChannel'],
  'better-sqlite3': ['Database'],
  bullmq: ['FlowProducer', 'Queue', 'Worker'],
  hono: ['SmartRouter'],
  kafkajs: ['Client'],
  koa: ['Application'],
  mongodb: ['Connection'],
  mysql2: ['BaseConnection', 'BasePool', 'PromiseConnection', 'PromisePool'],
  openai: ['APIPromise', 'OpenAI'],
  pg: ['Client'],
  'pg-pool': ['Pool'],
  postgres: ['Query'],
  sequelize: ['Model', 'Sequelize'],
  'socket.io': ['BroadcastOperator', 'Client', 'Socket', 'StrictEventEmitter'],
  'socket.io-adapter': ['Adapter'],
  'socket.io-client': ['Manager', 'Socket'],
  'sqs-consumer': ['Consumer'],
  undici: ['DispatcherBase'],
  winston: ['Logger'],
  ws: ['WebSocket', 'WebSocketServer'],
};

/** Classes of the platform, by module: they are told of by the files that import them. */
export const platformClasses: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['DatabaseSync'],
};

/** Modules of the platform whose classes are exported by none: files that use one tell of it at their heads. */
const watchedModules: readonly string[] = ['http2'];

const usesWatched = new RegExp(
  `(?:\\bfrom|\\bimport|\\b(?:import|require)\\s*\\()\\s*['"](?:node:)?(${watchedModules.join('|')})['"]`,
);

/** Returns the module of the platform that a file names, if its work is logged as operations. */
export function watchedModuleIn(code: string): string | undefined {
  return usesWatched.exec(code)?.[1];
}

/** Returns the names of the classes of a package. */
export function operationClassesOf(packageName: string | undefined): readonly string[] {
  if (packageName === undefined || !Object.hasOwn(operationClasses, packageName)) return [];
  return operationClasses[packageName]!;
}
