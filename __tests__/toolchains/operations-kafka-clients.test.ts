// Messages of Kafka as operations, with the clients of Platformatic and of Confluent, and the broker of a newer librdkafka.
import type { Report } from '@throughline/runtime/report';
import { Events, prelude, runTraced } from '../operations/program';
import type { Finished } from '../operations/program';
import { catalogueOf, foundIn } from './catalogue';
import { settingsToCompile } from './confluent';
import { nodeOf, Project } from './project';
import { startConfluentKafka } from './servers';
import type { Server } from './servers';

const CONFLUENT = '@confluentinc/kafka-javascript';

let project: Project;
let server: Server;
beforeAll(async () => {
  const node = await nodeOf(24);
  Object.assign(process.env, settingsToCompile(node));
  project = await Project.with([`${CONFLUENT}@1.10.1`, '@platformatic/kafka@1.35.0'], node);
  server = await startConfluentKafka(project.folder, project.node);
});
afterAll(() => server.stop());

const run = (code: string): Promise<Finished> =>
  runTraced(
    project.folder,
    'program.mjs',
    prelude + MEETING + code,
    { NODE_NO_WARNINGS: '1', THROUGHLINE_LOGS: 'off' },
    project.node,
  );

/** A function whose promises are fulfilled when it was called so often: work of several requests happens in one turn then. */
const MEETING = `
  function allOf(count) {
    let go;
    const met = new Promise((resolve) => (go = resolve));
    return () => (--count === 0 && go(), met);
  }
`;

/** The ids of the events of other tasks that an event names. */
const linksOf = ({ fields = [] }: Report): string[] =>
  fields.flatMap(([name, value]) => (name === 'link' ? [value.split('/')[1]!] : []));

const labelled = (events: Events, label: string): Report[] =>
  events.reports.filter((one) => one.label === label);

/** The broker knows fewer requests than the client: it does not tell which, and has no group that the client could join. */
const platformatic = (): string => `
  import * as kafka from '@platformatic/kafka';
  import { log } from '@throughline/runtime/xtrace';
  const bootstrapBrokers = ['127.0.0.1:${server.port}'];
  const VERSIONS = { Produce: 10, Fetch: 16, ListOffsets: 7, Metadata: 12, InitProducerId: 4 };
  function known(client) {
    const apis = Object.getOwnPropertySymbols(client).find(
      ({ description }) => description === 'plt.kafka.base.apis',
    );
    client[apis] = Object.entries(VERSIONS).map(([name, maxVersion]) => ({ name, minVersion: 0, maxVersion }));
    return client;
  }
  const makeProducer = (options) =>
    known(new kafka.Producer({ clientId: 'producer', bootstrapBrokers, autocreateTopics: true, ...options }));
  const { stringSerializers: serializers, stringDeserializers: deserializers } = kafka;
  async function consume(topic, options) {
    const consumer = known(
      new kafka.Consumer({ clientId: 'consumer', groupId: 'group', bootstrapBrokers, maxWaitTime: 20 }),
    );
    consumer.memberId = 'member';
    consumer.assignments = [{ topic, partitions: [0] }];
    consumer.topics.track(topic);
    const stream = await consumer.consume({
      ...{ topics: [topic], mode: 'manual', offsets: [{ topic, partition: 0, offset: 0n }], deserializers },
      ...options,
      autocommit: false,
    });
    const leave = async () => {
      await stream.close();
      consumer.memberId = null;
      await consumer.close(true);
    };
    return { stream, leave };
  }
  const hear = (stream, count, listener) =>
    new Promise((resolve) =>
      stream.on('data', (message) => {
        listener(message);
        if (--count === 0) setTimeout(resolve, 20);
      }),
    );
`;

const confluent = (): string => `
  import client from '@confluentinc/kafka-javascript';
  import { log } from '@throughline/runtime/xtrace';
  const { Kafka, logLevel } = client.KafkaJS;
  const brokers = '127.0.0.1:${server.port}';
  const settings = { 'bootstrap.servers': brokers, 'allow.auto.create.topics': true };
  const kafka = new Kafka({ kafkaJS: { brokers: [brokers], logLevel: logLevel.NOTHING } });
  async function consume(topic, options) {
    const consumer = kafka.consumer({ kafkaJS: { groupId: 'group of ' + topic, fromBeginning: true } });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run(options);
    return consumer;
  }
  /** Connects a client with callbacks. */
  const connected = (one) => new Promise((resolve, reject) =>
    one.connect({}, (failed) => (failed ? reject(failed) : resolve(one))));
  const disconnected = (one) => new Promise((resolve) => one.disconnect(resolve));
  const makeConsumer = (topic) =>
    connected(new client.KafkaConsumer(
      { ...settings, 'group.id': 'group of ' + topic, 'enable.auto.commit': false },
      { 'auto.offset.reset': 'earliest' },
    )).then((one) => (one.assign([{ topic, partition: 0, offset: 0 }]), one));
`;

test('Platformatic: messages that can be read once, and one that is written many times', async () => {
  const { events, stdout, stderr } = await run(`${platformatic()}
    const producer = makeProducer({ serializers });
    const message = { topic: 'once', partition: 0, value: 'a' };
    const queue = [message];
    await producer.send({ messages: [message] });
    let reads = 0;
    const options = {
      get messages() {
        reads++;
        return queue.splice(0);
      },
    };
    console.log(Object.keys(await producer.send(options)).join(), reads);
    try {
      producer.send(Object.freeze({ messages: [message] }));
    } catch ({ message }) {
      console.log(message);
    }
    const stream = producer.asStream({ batchSize: 1, batchTime: -1 });
    const all = allOf(4);
    const { url, stop } = await serve(async (request, response) => {
      await all();
      stream.write(message);
      response.end();
    });
    await Promise.all([1, 2, 3, 4].map((n) => get(url + '/' + n, { headers: inTask(n) })));
    await stream.close();
    await producer.close();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'offsets 1\nCannot add property acks, object is not extensible\n',
    stderr: '',
  });
  for (let n = 1; n <= 4; n++) {
    expect(events.ofTask(n).all('begin', /^send once$/)).toHaveLength(1);
  }
});

test('Platformatic: listeners of a stream get each message in the task of its sender', async () => {
  const { events, stdout, stderr } = await run(`${platformatic()}
    const producer = makeProducer({ serializers });
    const own = { topic: 'mails', partition: 0, value: 'c', headers: { traceparent: 'mine', one: 'two' } };
    const { url, stop } = await serve(async (request, response) => {
      const { offsets } = await producer.send({
        messages: [
          { topic: 'mails', partition: 0, value: 'a', headers: new Map([['one', 'two']]) },
          { topic: 'mails', partition: 0, value: 'b' },
        ],
      });
      producer.send({ messages: [own] }, (failed, sent) => {
        log('called back');
        response.end(String(failed) + offsets[0].topic + sent.offsets[0].offset);
      });
    });
    console.log(await get(url + '/1', { headers: inTask(1) }));
    const { stream, leave } = await consume('mails');
    const seen = [];
    await hear(stream, 3, ({ value, headers }) => {
      setTimeout(log, 1, 'mail ' + value);
      seen.push(value + ' ' + headers.get('one') + ' ' + (headers.get('traceparent') === 'mine'));
    });
    console.log(seen.join(), JSON.stringify(own));
    await leave();
    await producer.close();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: `nullmails2
a two false,b undefined false,c two true {"topic":"mails","partition":0,"value":"c","headers":{"traceparent":"mine","one":"two"}}
`,
    stderr: '',
  });
  const [both, last] = events.all('begin', /^send mails$/);
  expect(events.parentsOf(both!)).toEqual(['begin GET /1']);
  expect(Events.field(both!, 'kind')).toBe('producer');
  expect(Events.field(both!, 'messaging.batch.message_count')).toBe('2');
  expect(events.parentsOf(last!)).toEqual(['end send mails ended']);
  const [called] = labelled(events, 'called back');
  expect(events.parentsOf(called!)).toEqual(['end send mails ended']);
  expect(called!.parentEventIds).not.toEqual(last!.parentEventIds);
  const received = labelled(events, 'process mails');
  expect(received.map(({ parentEventIds }) => parentEventIds)).toEqual([
    [both!.eventId],
    [both!.eventId],
    // The program's own header, which says nothing to us.
    [],
  ]);
  expect(Events.field(received[0]!, 'kind')).toBe('consumer');
  expect(Events.field(received[1]!, 'messaging.kafka.offset')).toBe('1');
  expect(new Set(received.map(({ taskId }) => taskId)).size).toBe(2);
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    const [mail] = labelled(events, `mail ${name}`);
    expect(mail!.parentEventIds).toEqual([received[i]!.eventId]);
  }
});

test('Platformatic: serializers, deserializers and hooks of the program work as without us', async () => {
  const { events, stdout, stderr } = await run(`${platformatic()}
    const calls = [];
    const note = (name, work) => (...args) => (calls.push(name + ' ' + String(args[0])), work(args[0]));
    const toJson = (value) => value === undefined ? undefined : Buffer.from(JSON.stringify(value));
    const names = ['key', 'value', 'headerKey', 'headerValue'];
    const all = (work) => Object.fromEntries(names.map((name) => [name, note(name, work)]));
    const waiting = [];
    const producer = makeProducer({
      serializers: all(toJson),
      // Both calls go on in the context of the second one.
      beforeSerialization(data, type, message, callback) {
        if (type !== 'key') return callback(null);
        waiting.push(callback);
        if (waiting.length === 2) waiting.forEach((one) => one(null));
      },
    });
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const options = { messages: [{ topic: 'hooks', partition: 0, value: n, headers: { n } }] };
      await producer.send(options);
      response.end(Object.keys(options).join());
    });
    console.log(...(await Promise.all([1, 2].map((n) => get(url + '/' + n, { headers: inTask(n) })))));
    console.log(calls.sort().join());
    calls.length = 0;
    const hooked = [];
    const options = {
      deserializers: all((bytes) => bytes && JSON.parse(bytes)),
      beforeDeserialization(data, type, message, callback) {
        hooked.push(type + ' ' + data);
        callback(null);
      },
    };
    const { stream, leave } = await consume('hooks', options);
    const seen = [];
    await hear(stream, 2, ({ value, headers }) => seen.push(value + headers.get('n')));
    console.log(seen.sort().join(), hooked.sort().join());
    await leave();
    await producer.close();
    // What was no header of ours before fails as before.
    const plain = makeProducer({ serializers });
    await plain.send({ messages: [{ topic: 'bad', partition: 0, value: '1', headers: { n: 'no JSON' } }] });
    const bad = await consume('bad', options);
    console.log(await new Promise((resolve) => bad.stream.once('error', resolve).resume()).then(({ message }) => message));
    await bad.leave().catch(() => {});
    await plain.close();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: `messages,acks,idempotent,repeatOnStaleMetadata,partitioner messages,acks,idempotent,repeatOnStaleMetadata,partitioner
headerKey n,headerKey n,headerValue 1,headerValue 2,key undefined,key undefined,value 1,value 2
11,22 headerKey "n",headerKey "n",headerValue "1",headerValue "2",key null,key null,value "1",value "2"
Failed to deserialize a message.
`,
    stderr: '',
  });
  const received = labelled(events, 'process hooks');
  expect(received.map((one) => events.parentsOf(one))).toEqual([
    ['begin send hooks'],
    ['begin send hooks'],
  ]);
  expect(new Set(received.map(({ taskId }) => Number(taskId)))).toEqual(new Set([1, 2]));
});

test('Platformatic: a loop over a stream comes after each message that it gets', async () => {
  const { events, stdout, stderr } = await run(`${platformatic()}
    const producer = makeProducer();
    const { url, stop } = await serve(async (request, response) => {
      const value = Buffer.from(request.url.slice(1));
      await producer.send({ messages: [{ topic: 'loops', partition: 0, value }] });
      response.end();
    });
    for (const n of [1, 2, 3]) await get(url + '/' + n, { headers: inTask(n) });
    const { stream, leave } = await consume('loops', { deserializers: {} });
    let left = 3;
    for await (const { value } of stream) {
      log('step ' + value);
      if (--left === 0) break;
    }
    console.log(stream.destroyed);
    await leave();
    await producer.close();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' });
  const received = labelled(events, 'process loops');
  expect(received.map(({ taskId }) => Number(taskId))).toEqual([1, 2, 3]);
  for (const [i, one] of received.entries()) {
    expect(events.parentsOf(one)).toEqual(['begin send loops']);
    const [step] = labelled(events, `step ${i + 1}`);
    expect(linksOf(step!)).toEqual([one.eventId]);
    if (i > 0) expect(events.parentsOf(step!)).toEqual([`event step ${i}`]);
  }
});

test('Platformatic: what a stream sends at once comes after all who have written it', async () => {
  const { events, stdout, stderr } = await run(`${platformatic()}
    const producer = makeProducer({ serializers });
    const streams = ['orders', 'mixed'].map((topic) => {
      const stream = producer.asStream({ batchSize: 2, batchTime: -1 });
      const write = (value) => (log('order ' + value), stream.write({ topic, partition: 0, value }));
      const flushed = once(stream, 'flush');
      return { topic, stream, write, flushed };
    });
    const [orders, mixed] = streams;
    const { url, stop } = await serve(async (request, response) => {
      if (request.url === '/1') for (const value of ['a', 'b']) setTimeout(orders.write, 1, value);
      mixed.write(request.url);
      setTimeout(() => response.end(), 5);
    });
    for (const n of [1, 2]) await get(url + '/' + n, { headers: inTask(n) });
    for (const { topic, stream, flushed } of streams) {
      await flushed;
      const { stream: received, leave } = await consume(topic);
      const seen = [];
      await hear(received, 2, ({ value }) => seen.push(value));
      console.log(topic, seen.join());
      await leave();
      await stream.close();
    }
    await producer.close();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'orders a,b\nmixed /1,/2\n', stderr: '' });
  const [orders, mixed] = ['orders', 'mixed'].map((topic) =>
    events.find('begin', new RegExp(`^send ${topic}$`)),
  );
  expect(events.parentsOf(orders!)).toEqual(['event order a', 'event order b']);
  const senders = ['/1', '/2'].flatMap((name) => labelled(events, `order ${name}`));
  expect(mixed!.parentEventIds).toEqual([]);
  expect(linksOf(mixed!)).toEqual(senders.map(({ eventId }) => eventId));
  for (const [name, sent] of [
    ['orders', orders],
    ['mixed', mixed],
  ] as const) {
    for (const one of labelled(events, `process ${name}`)) {
      expect(one.parentEventIds).toEqual([sent!.eventId]);
    }
  }
});

test('Platformatic: calls that wait for the same answer keep apart, a failure is the program’s, and more than 64 messages are links', async () => {
  const { events, stdout, stderr } = await run(`${platformatic()}
    const producer = makeProducer({ serializers });
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const count = n === '3' ? 65 : 1;
      const messages = Array.from({ length: count }, (_, i) => ({ topic: 'many', partition: 0, value: n + '.' + i }));
      await producer.send({ messages });
      response.end();
    });
    await Promise.all([1, 2].map((n) => get(url + '/' + n, { headers: inTask(n) })));
    await get(url + '/3', { headers: inTask(3) });
    const fails = () => { throw new Error('no value'); };
    const failing = makeProducer({ serializers: { ...serializers, value: fails } });
    await failing.send({ messages: [{ topic: 'failed', value: '' }] }).catch(({ message }) => console.log(message));
    await failing.close();
    const { stream, leave } = await consume('many');
    await hear(stream, 67, ({ value }) => log('got ' + value));
    await leave();
    await producer.close();
    await producer.send(undefined).catch(({ message }) => console.log(message));
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'Failed to serialize a message.\nClient is closed.\n',
    stderr: '',
  });
  for (const n of [1, 2]) {
    const [got] = labelled(events, `got ${n}.0`);
    expect(Number(got!.taskId)).toBe(n);
  }
  const failed = events.find('end', /^send failed failed$/);
  expect(Events.field(failed, 'error.message')).toBe('Failed to serialize a message.');
  const sent = events.ofTask(3).find('begin', /^send many$/);
  const linked = labelled(events, 'process many').filter((one) => linksOf(one).length > 0);
  expect(linked).toHaveLength(65);
  expect(new Set(linked.map(({ taskId }) => taskId)).size).toBe(65);
  for (const one of linked) expect(linksOf(one)).toEqual([sent.eventId]);
});

test('Confluent: a message is sent and handled in the task of its request, and stays the program’s', async () => {
  const { events, stdout, stderr } = await run(`${confluent()}
    const producer = kafka.producer();
    await producer.connect();
    const mails = [{ value: 'a', headers: { one: 'two' } }, { value: 'b' }];
    const own = { value: 'c', headers: { traceparent: 'mine', one: 'two' } };
    const { url, stop } = await serve(async (request, response) => {
      const [{ topicName }] = await producer.send({ topic: 'letters', messages: mails });
      await producer.sendBatch({ topicMessages: [{ topic: 'letters', messages: [own] }] });
      response.end(topicName);
    });
    console.log(await get(url + '/1', { headers: inTask(1) }));
    // The library writes to messages.
    console.log(...[...mails, own].map(({ headers }) => JSON.stringify(headers)));
    const seen = [];
    let consumer;
    await new Promise(async (resolve) => {
      consumer = await consume('letters', {
        async eachMessage({ message }) {
          await pause();
          log('mail ' + message.value);
          seen.push(message.value + ' ' + message.headers.one);
          if (seen.length === 3) setTimeout(resolve, 20);
        },
      });
    });
    console.log(seen.sort().join());
    log('over');
    await consumer.disconnect();
    log('disconnected');
    await producer.send(null).catch(({ name }) => console.log(name));
    await producer.disconnect();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: `letters
[{"one":"two"}] null [{"traceparent":"mine"},{"one":"two"}]
a two,b undefined,c two
KafkaJSError
`,
    stderr: '',
  });
  const [sent, batch] = events.all('begin', /^send letters$/);
  expect(events.all('begin', /^send letters$/)).toHaveLength(2);
  expect(events.parentsOf(sent!)).toEqual(['begin GET /1']);
  expect(Events.field(sent!, 'messaging.batch.message_count')).toBe('2');
  expect(events.parentsOf(batch!)).toEqual(['end send letters ended']);
  expect(events.parentsOf(events.find('end', /^GET \/1 200$/))).toEqual(['end send letters ended']);
  const begun = (name: string): Report => {
    const [mail] = labelled(events, `mail ${name}`);
    return events.reports.find(({ eventId }) => eventId === mail!.parentEventIds[0])!;
  };
  expect(begun('a').label).toBe('process letters');
  expect(begun('a').parentEventIds).toEqual([sent!.eventId]);
  expect(begun('b').parentEventIds).toEqual([sent!.eventId]);
  expect(begun('c').parentEventIds).toEqual([]);
  // Who runs the consumer belongs to no task of the messages.
  const [disconnected] = labelled(events, 'disconnected');
  expect([events.parentsOf(disconnected!), linksOf(disconnected!)]).toEqual([['event over'], []]);
});

test('Confluent: a batch comes after all of its senders, and a transaction sends as its producer does', async () => {
  const { events, stdout, stderr } = await run(`${confluent()}
    const producer = kafka.producer({ 'transactional.id': 'one' });
    await producer.connect();
    const { url, stop } = await serve(async (request, response) => {
      const transaction = await producer.transaction();
      await transaction.send({ topic: request.url.slice(1), messages: [{ value: 'x', partition: 0 }] });
      await transaction.commit();
      response.end();
    });
    for (let n = 0; n < 8; n++) {
      await get(url + '/carts', { headers: inTask(1) });
      await get(url + '/several', { headers: inTask(2 + n) });
    }
    for (const topic of ['carts', 'several']) {
      let left = 8;
      let consumer;
      await new Promise(async (resolve) => {
        consumer = await consume(topic, {
          async eachBatch({ batch }) {
            left -= batch.messages.length;
            if (left <= 0) setTimeout(resolve, 20);
          },
        });
      });
      await consumer.disconnect();
    }
    await producer.disconnect();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  const batchesOf = (topic: string): [batch: Report, senders: string[]][] => {
    const sent = events.all('begin', new RegExp(`^send ${topic}$`)).map(({ eventId }) => eventId);
    return events.all('begin', new RegExp(`^process ${topic}$`)).map((batch) => {
      const count = Number(Events.field(batch, 'messaging.batch.message_count'));
      return [batch, sent.splice(0, count)];
    });
  };
  // The client begins with batches of one message.
  const carts = batchesOf('carts');
  expect(carts.some(([, senders]) => senders.length > 1)).toBe(true);
  for (const [batch, senders] of carts) expect(batch.parentEventIds).toEqual(senders);
  const several = batchesOf('several').filter(([, senders]) => senders.length > 1);
  expect(several.length).toBeGreaterThan(0);
  for (const [batch, senders] of several) {
    expect([batch.parentEventIds, linksOf(batch)]).toEqual([[], senders]);
  }
});

test('Confluent: with callbacks, a listener runs in the task of the sender, and who asks for many comes after all senders', async () => {
  const { events, stdout, stderr } = await run(`${confluent()}
    const producer = await connected(new client.Producer(settings));
    const high = await connected(new client.HighLevelProducer(settings));
    high.setValueSerializer(async (value) => Buffer.from(value.toUpperCase()));
    const headers = [{ one: 'two' }];
    const { url, stop } = await serve((request, response) => {
      console.log(producer.produce('events', 0, Buffer.from('a'), null, null, null, headers));
      producer.produce('events', 0, Buffer.from('own'), 'k', null, null, [{ traceparent: 'mine' }]);
      high.produce('events', 0, 'b', null, null, (failed, offset) => {
        log('delivered');
        response.end(String(failed) + typeof offset);
      });
      log('called');
    });
    console.log(await get(url + '/1', { headers: inTask(1) }), JSON.stringify(headers));
    await new Promise((resolve) => producer.flush(1000, resolve));
    try {
      producer.produce(1);
    } catch (error) {
      console.log(error.message);
    }
    const names = (all) => (all ?? []).flatMap((one) => Object.keys(one)).join('+');
    const listened = await makeConsumer('events');
    const seen = [];
    await new Promise((resolve) => {
      listened.on('data', ({ value, headers }) => {
        log('heard ' + value);
        seen.push(value + ' ' + names(headers));
        if (seen.length === 3) setTimeout(resolve, 20);
      });
      listened.consume((failed, one) => one && log('told ' + one.value));
    });
    console.log(seen.sort().join());
    await disconnected(listened);
    const asking = await makeConsumer('events');
    const all = [];
    while (all.length < 3) {
      await new Promise((resolve) =>
        asking.consume(3, (failed, messages) => {
          all.push(...messages);
          if (all.length === 3) log('asked');
          setTimeout(resolve, 5);
        }));
    }
    await disconnected(asking);
    const stream = client.KafkaConsumer.createReadStream(
      { ...settings, 'group.id': 'streams' },
      { 'auto.offset.reset': 'earliest' },
      { topics: ['events'] },
    );
    const streamed = [];
    for await (const { value } of stream) {
      log('step ' + value);
      if (streamed.push(String(value)) === 3) break;
    }
    console.log(streamed.sort().join());
    await Promise.all([producer, high].map(disconnected));
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: `true
nullnumber [{"one":"two"}]
"topic" must be a string
B traceparent,a traceparent+one,own traceparent
B,a,own
`,
    stderr: '',
  });
  const sent = events.all('begin', /^send events$/);
  expect(sent).toHaveLength(3);
  const [delivered] = labelled(events, 'delivered');
  expect(events.parentsOf(delivered!)).toEqual(['end send events ended']);
  expect(Events.field(events.find('end', /^send 1 failed$/), 'error.message')).toBe(
    '"topic" must be a string',
  );
  const received = labelled(events, 'process events');
  const senders = received.map((one) => one.parentEventIds[0]);
  // Three that listeners were told of, and three of a stream.
  expect(senders).toHaveLength(6);
  expect(new Set(senders)).toEqual(new Set([sent[0]!.eventId, sent[2]!.eventId, undefined]));
  for (const name of ['heard a', 'told a', 'heard B', 'told B']) {
    const [one] = labelled(events, name);
    expect(events.parentsOf(one!)).toEqual(['event process events']);
    expect(Number(one!.taskId)).toBe(1);
  }
  const [asked] = labelled(events, 'asked');
  expect(linksOf(asked!)).toEqual(expect.arrayContaining([sent[0]!.eventId, sent[2]!.eventId]));
  for (const name of ['step a', 'step B']) {
    const [step] = labelled(events, name);
    const links = linksOf(step!);
    expect(received.some(({ eventId }) => links.includes(eventId))).toBe(true);
  }
});

test('Confluent: what waits in a stream is sent for the code that has written it', async () => {
  const { events, stdout, stderr } = await run(`${confluent()}
    const streams = [{ objectMode: true }, { topic: 'bytes' }].map((options) =>
      client.Producer.createWriteStream(settings, {}, options));
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.producer.once('ready', resolve))));
    const [messages, bytes] = streams;
    const SAME = { topic: 'written', partition: 0, value: Buffer.from('same') };
    const all = allOf(4);
    const { url, stop } = await serve(async (request, response) => {
      await all();
      messages.write({ topic: 'written', partition: 0, value: Buffer.from(request.url) });
      messages.write(SAME);
      bytes.write(request.url, () => response.end());
    });
    await Promise.all([1, 2, 3, 4].map((n) => get(url + '/' + n, { headers: inTask(n) })));
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.end(() => stream.close(resolve)))));
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  for (let n = 1; n <= 4; n++) {
    const own = events.ofTask(n);
    const sent = own.all('begin', /^send written$/);
    expect(sent).toHaveLength(2);
    expect(own.parentsOf(sent[0]!)).toEqual([`begin GET /${n}`]);
  }
  expect(events.all('begin', /^send bytes$/)).toHaveLength(4);
});

test('Confluent: wrong headers, more arguments and options of classes are as without us', async () => {
  const { events, stdout, stderr } = await run(`${confluent()}
    const producer = await connected(new client.Producer(settings));
    for (const headers of [[{ a: 5 }], [{}]]) {
      try {
        producer.produce('wrong', 0, Buffer.from('x'), null, null, null, headers);
        console.log('sent');
      } catch ({ message }) {
        console.log(message);
      }
    }
    const high = await connected(new client.HighLevelProducer(settings));
    await new Promise((resolve) => {
      const done = (error) => (console.log(error), resolve());
      high.produce('odd', 0, Buffer.from('y'), 'k', null, [{ one: 'two' }], done, undefined);
    });
    class Handlers {
      handled = 0;
      eachMessage = async ({ message }) => { resolve(String(message.value)); };
    }
    let resolve;
    const value = new Promise((settle) => (resolve = settle));
    const consumer = await consume('odd', Object.freeze(new Handlers()));
    console.log(await value);
    await consumer.disconnect();
    await Promise.all([producer, high].map(disconnected));
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: `Header value must be a string or buffer
Header value must be a string or buffer
null
y
`,
    stderr: '',
  });
  const begun = events.find('begin', /^process odd$/);
  expect(events.parentsOf(begun)).toEqual(['begin send odd']);
});

test('Confluent: each class and method of the catalogue is there', async () => {
  const asked = catalogueOf((name) => name.startsWith(CONFLUENT));
  expect(await foundIn(project, [CONFLUENT], asked)).toMatchObject(asked);
});
