/**
 * Packages that keep connections: to a database, a broker, a server. One connection serves many requests, and its
 * sockets get their listeners from whoever came first. So listeners that these packages add are left as they are: an
 * event of a socket stays one of the platform, whether the package is instrumented or not, and listeners of the
 * program see their registration. Callbacks and promises of these packages are instrumented as any other.
 */
export const connectionPackages: ReadonlySet<string> = new Set([
  // Databases.
  ...['pg', 'pg-pool', 'pg-protocol', 'pg-cursor', 'mysql', 'mysql2', 'mariadb', 'tedious'],
  ...['mongodb', 'ioredis', '@ioredis/commands', 'redis', '@redis/client', 'cassandra-driver'],
  // Brokers.
  ...['amqplib', 'mqtt', 'mqtt-packet', 'nats', 'kafkajs', 'stompit'],
  ...['@platformatic/kafka', '@confluentinc/kafka-javascript'],
  // Pools of HTTP connections, and RPC.
  ...['undici', 'agent-base', 'agentkeepalive', 'http2-wrapper', '@grpc/grpc-js'],
]);

/**
 * Packages for WebSockets. Their interface is emitters of one connection, and they run the program's listeners from
 * timers, ticks and async functions of their own. `include: "all"` leaves them out, so that such a listener sees its
 * registration; named in `include`, they are instrumented.
 */
export const socketPackages: ReadonlySet<string> = new Set([
  ...['ws', 'websocket', 'faye-websocket', 'websocket-driver', 'sockjs', 'sockjs-client'],
  ...['engine.io', 'engine.io-client', 'engine.io-parser', 'socket.io', 'socket.io-client'],
  ...['socket.io-parser', 'socket.io-adapter', '@socket.io/component-emitter'],
]);
