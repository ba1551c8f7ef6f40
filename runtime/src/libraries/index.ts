import { confluentKafka } from '../brokers/confluent-kafka.js';
import { kafka } from '../brokers/kafka.js';
import { platformaticKafka } from '../brokers/platformatic-kafka.js';
import { queues } from '../brokers/queues.js';
import type { LibraryMethods } from '../methods/replace.js';
import { watchClasses } from '../methods/watch-classes.js';
import { socketIo } from '../sockets/socket-io.js';
import { offerInRequests, websockets } from '../sockets/websockets.js';
import { aws } from './aws.js';
import { databases } from './databases.js';
import { frameworks } from './frameworks.js';
import { grpc } from './grpc.js';
import { languageModels } from './language-models.js';
import { loggers } from './loggers.js';
import { postgres } from './postgres.js';
import { sequelize } from './sequelize.js';
import { sqlite } from './sqlite.js';
import { undici } from './undici.js';

/** All libraries whose methods are operations or tell of them. The plugin finds their classes (catalogue/operation-classes.ts). */
export const libraryMethods: LibraryMethods = {
  ...aws,
  ...confluentKafka,
  ...databases,
  ...frameworks,
  ...grpc,
  ...kafka,
  ...languageModels,
  ...loggers,
  ...platformaticKafka,
  ...postgres,
  ...queues,
  ...sequelize,
  ...socketIo,
  ...sqlite,
  ...undici,
  ...websockets,
};

/** Makes the methods of libraries operations. */
export function watchLibraryMethods(): void {
  watchClasses(libraryMethods, (name, prototype) => {
    if (name === 'ws WebSocket') offerInRequests(prototype);
  });
}
