// Messages of Kafka as operations, with the client of Confluent, and the broker of its librdkafka.
import type { Report } from '@throughline/runtime/report';
import { Events, prelude, runTraced } from '../operations/program';
import type { Finished } from '../operations/program';
import { withConfluent } from './confluent';
import type { Project } from './project';
import { startConfluentKafka } from './servers';
import type { Server } from './servers';

let project: Project;
let server: Server;
beforeAll(async () => {
  project = await withConfluent([]);
  server = await startConfluentKafka(project.folder, project.node);
});
afterAll(() => server.stop());

const start = (): string => `
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

const run = (code: string): Promise<Finished> =>
  runTraced(
    project.folder,
    'program.mjs',
    prelude + start() + code,
    { NODE_NO_WARNINGS: '1', THROUGHLINE_LOGS: 'off' },
    project.node,
  );

/** The ids of the events of other tasks that an event names. */
const linksOf = ({ fields = [] }: Report): string[] =>
  fields.flatMap(([name, value]) => (name === 'link' ? [value.split('/')[1]!] : []));

const labelled = (events: Events, label: string): Report[] =>
  events.reports.filter((one) => one.label === label);

test('a message is sent and handled in the task of its request, and stays the program’s', async () => {
  const { events, stdout, stderr } = await run(`
    const producer = kafka.producer();
    await producer.connect();
    const mails = [{ value: 'a', headers: { one: 'two' } }, { value: 'b' }];
    const own = { value: 'c', headers: { traceparent: 'mine', one: 'two' } };
    const { url, stop } = await serve(async (request, response) => {
      const [{ topicName }] = await producer.send({ topic: 'mails', messages: mails });
      await producer.sendBatch({ topicMessages: [{ topic: 'mails', messages: [own] }] });
      response.end(topicName);
    });
    console.log(await get(url + '/1', { headers: inTask(1) }));
    // The library writes to messages.
    console.log(...[...mails, own].map(({ headers }) => JSON.stringify(headers)));
    const seen = [];
    let consumer;
    await new Promise(async (resolve) => {
      consumer = await consume('mails', {
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
    stdout: `mails
[{"one":"two"}] null [{"traceparent":"mine"},{"one":"two"}]
a two,b undefined,c two
KafkaJSError
`,
    stderr: '',
  });
  const [sent, batch] = events.all('begin', /^send mails$/);
  expect(events.all('begin', /^send mails$/)).toHaveLength(2);
  expect(events.parentsOf(sent!)).toEqual(['begin GET /1']);
  expect(Events.field(sent!, 'messaging.batch.message_count')).toBe('2');
  expect(events.parentsOf(batch!)).toEqual(['end send mails ended']);
  expect(events.parentsOf(events.find('end', /^GET \/1 200$/))).toEqual(['end send mails ended']);
  const begun = (name: string): Report => {
    const [mail] = labelled(events, `mail ${name}`);
    return events.reports.find(({ eventId }) => eventId === mail!.parentEventIds[0])!;
  };
  expect(begun('a').label).toBe('process mails');
  expect(begun('a').parentEventIds).toEqual([sent!.eventId]);
  expect(begun('b').parentEventIds).toEqual([sent!.eventId]);
  expect(begun('c').parentEventIds).toEqual([]);
  // Who runs the consumer belongs to no task of the messages.
  const [disconnected] = labelled(events, 'disconnected');
  expect([events.parentsOf(disconnected!), linksOf(disconnected!)]).toEqual([['event over'], []]);
});

test('a batch comes after all of its senders, and a transaction sends as its producer does', async () => {
  const { events, stdout, stderr } = await run(`
    const producer = kafka.producer({ 'transactional.id': 'one' });
    await producer.connect();
    const { url, stop } = await serve(async (request, response) => {
      const topic = request.url === '/3' ? 'mixed' : 'orders';
      for (const value of ['a', 'b']) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ value: request.url + value, partition: 0 }] });
        await transaction.commit();
      }
      response.end();
    });
    await get(url + '/1', { headers: inTask(1) });
    await get(url + '/3', { headers: inTask(3) });
    await get(url + '/3', { headers: inTask(4) });
    for (const topic of ['orders', 'mixed']) {
      const consumer = await new Promise(async (resolve) => {
        const running = await consume(topic, {
          async eachBatch({ batch }) {
            console.log(topic, batch.messages.map(({ value }) => String(value)).join());
            setTimeout(() => resolve(running), 20);
          },
        });
      });
      await consumer.disconnect();
    }
    await producer.disconnect();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'orders /1a,/1b\nmixed /3a,/3b,/3a,/3b\n',
    stderr: '',
  });
  const orders = events.find('begin', /^process orders$/);
  expect(events.parentsOf(orders)).toEqual(['begin send orders', 'begin send orders']);
  const mixed = events.find('begin', /^process mixed$/);
  expect(mixed.parentEventIds).toEqual([]);
  expect(linksOf(mixed)).toEqual(events.all('begin', /^send mixed$/).map(({ eventId }) => eventId));
});

test('with callbacks, a listener runs in the task of the sender, and who asks for many comes after all senders', async () => {
  const { events, stdout, stderr } = await run(`
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
    process.exitCode = 0;
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: `true
nullnumber [{"one":"two"}]
"topic" must be a string
B traceparent,a one+traceparent,own traceparent
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
  expect(linksOf(asked!).sort()).toEqual([sent[0]!.eventId, sent[2]!.eventId].sort());
  for (const name of ['step a', 'step B']) {
    const [step] = labelled(events, name);
    expect(received.map(({ eventId }) => eventId)).toContain(linksOf(step!)[0]);
  }
});
