import type { LibraryMethods } from '../methods/replace.js';
import { consumer, consumerStream } from './confluent-kafka-receives.js';
import { highLevelProducer, producer } from './confluent-kafka-sends.js';
import { producerStream } from './confluent-kafka-streams.js';
import { runsWith } from './kafka.js';

/** The client of Confluent has two interfaces: that of kafkajs, on top of one with callbacks, that of node-rdkafka. */
export const confluentKafka: LibraryMethods = {
  '@confluentinc/kafka-javascript Consumer': {
    // It copies the options.
    run: runsWith((options, name) => Object.keys(options).includes(name)),
  },
  '@confluentinc/kafka-javascript HighLevelProducer': highLevelProducer,
  '@confluentinc/kafka-javascript KafkaConsumer': consumer,
  '@confluentinc/kafka-javascript KafkaConsumerStream': consumerStream,
  '@confluentinc/kafka-javascript Producer': producer,
  '@confluentinc/kafka-javascript ProducerStream': producerStream,
};
