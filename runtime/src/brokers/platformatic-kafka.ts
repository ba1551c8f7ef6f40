import type { LibraryMethods } from '../methods/replace.js';
import { consumer, messagesStream } from './platformatic-kafka-receives.js';
import { producer, producerStream } from './platformatic-kafka-sends.js';

export const platformaticKafka: LibraryMethods = {
  '@platformatic/kafka Consumer': consumer,
  '@platformatic/kafka MessagesStream': messagesStream,
  '@platformatic/kafka Producer': producer,
  '@platformatic/kafka ProducerStream': producerStream,
};
