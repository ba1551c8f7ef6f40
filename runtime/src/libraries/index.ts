import { aws } from './aws.js';
import { confluentKafka } from './confluent-kafka.js';
import { databases } from './databases.js';
import { frameworks } from './frameworks.js';
import { grpc } from './grpc.js';
import { kafka } from './kafka.js';
import { languageModels } from './language-models.js';
import { loggers } from './loggers.js';
import { platformaticKafka } from './platformatic-kafka.js';
import { postgres } from './postgres.js';
import { queues } from './queues.js';
import type { LibraryMethods } from './replace.js';
import { sequelize } from './sequelize.js';
import { socketIo } from './socket-io.js';
import { sqlite } from './sqlite.js';
import { undici } from './undici.js';
import { watchClasses } from './watch-classes.js';
import { offerInRequests, websockets } from './websockets.js';

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
