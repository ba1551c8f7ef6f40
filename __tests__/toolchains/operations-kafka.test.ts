// Messages of Kafka as operations, with the real client and the broker of librdkafka.
import type { Report } from '@throughline/runtime/report';
import { Events } from '../operations/program';
import { startKafka } from './servers';
import type { Server } from './servers';
import { programsWith } from './traced';

const run = programsWith(['kafkajs@2.2.4']);

let server: Server;
beforeAll(async () => {
  server = await startKafka();
});
afterAll(() => server.stop());

/** The events of other tasks that an event names. */
const linksOf = ({ fields = [] }: Report): string[] =>
  fields.flatMap(([name, value]) => (name === 'link' ? [value] : []));

/** The start of a program with a producer that is connected. A group of consumers is made for each `consume`. */
const start = (): string => `
  import { Kafka, logLevel } from 'kafkajs';
  const kafka = new Kafka({ brokers: ['127.0.0.1:${server.port}'], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  async function consume(topic, options) {
    const consumer = kafka.consumer({ groupId: 'group of ' + topic });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run(options);
    return consumer;
  }
`;

test('a message is sent and handled in the task of its request', async () => {
  const { events, stdout, stderr } = await run(`${start()}
    import { operation } from '@throughline/runtime/operations';
    const own = { value: 'c', headers: { traceparent: 'mine', one: 'two' } };
    const { url, stop } = await serve(async (request, response) => {
      const [{ topicName }] = await producer.send({
        topic: 'mails',
        messages: [{ value: 'a', headers: { one: 'two' } }, { value: 'b' }],
      });
      await producer.sendBatch({ topicMessages: [{ topic: 'mails', messages: [own] }] });
      response.end(topicName);
    });
    console.log(await get(url + '/1', { headers: inTask(1) }));
    const seen = [];
    let left = 3;
    let consumer;
    await new Promise(async (resolve) => {
      consumer = await consume('mails', {
        async eachMessage({ message, heartbeat }) {
          await operation('mail ' + message.value, pause);
          await heartbeat();
          seen.push(message.value + ' ' + message.headers.one);
          if (--left === 0) setTimeout(resolve, 20);
        },
      });
    });
    console.log(seen.sort().join(), JSON.stringify(own));
    await consumer.disconnect();
    await producer.disconnect();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout:
      'mails\na two,b undefined,c two {"value":"c","headers":{"traceparent":"mine","one":"two"}}\n',
    stderr: '',
  });
  const [sent, batch] = events.all('begin', /^send mails$/);
  expect(events.parentsOf(sent!)).toEqual(['begin GET /1']);
  expect(events.parentsOf(batch!)).toEqual(['end send mails ended']);
  expect(Events.field(sent!, 'kind')).toBe('producer');
  expect(Events.field(sent!, 'messaging.system')).toBe('kafka');
  expect(Events.field(sent!, 'messaging.batch.message_count')).toBe('2');
  expect(events.parentsOf(events.find('end', /^GET \/1 200$/))).toEqual(['end send mails ended']);
  const parentsOf = (name: string): string[] => {
    const mail = events.find('begin', new RegExp(`^mail ${name}$`));
    expect(events.parentsOf(mail)).toEqual(['begin process mails']);
    const [begun] = events.reports.filter(({ eventId }) => mail.parentEventIds[0] === eventId);
    return [...begun!.parentEventIds];
  };
  expect(parentsOf('a')).toEqual([sent!.eventId]);
  expect(parentsOf('b')).toEqual([sent!.eventId]);
  // The program's own header, which says nothing to us.
  expect(parentsOf('c')).toEqual([]);
  for (const end of events.all('end', /^process mails/)) {
    expect(events.parentsOf(end)).toEqual([expect.stringMatching(/^end mail \w ended$/)]);
  }
});

test('a batch comes after all of its senders, and has links to them if they are of several tasks', async () => {
  const { events, stdout, stderr } = await run(`${start()}
    import { inject, operation } from '@throughline/runtime/operations';
    // What several requests have put there is sent at once.
    const waiting = { orders: [], mixed: [] };
    const put = (topic, value) =>
      operation('order ' + value, () => waiting[topic].push({ value, partition: 0, headers: inject({}) }));
    const { url, stop } = await serve(async (request, response) => {
      if (request.url === '/1') for (const value of ['a', 'b']) setTimeout(put, 1, 'orders', value);
      put('mixed', request.url);
      setTimeout(() => response.end(), 5);
    });
    for (const n of [1, 2]) await get(url + '/' + n, { headers: inTask(n) });
    await producer.sendBatch({
      topicMessages: Object.entries(waiting).map(([topic, messages]) => ({ topic, messages })),
    });
    const consumers = ['orders', 'mixed'].map((topic) =>
      new Promise(async (resolve) => {
        const consumer = await consume(topic, {
          async eachBatch({ batch }) {
            console.log(topic, batch.messages.map(({ value }) => String(value)).sort().join());
            setTimeout(() => resolve(consumer), 20);
          },
        });
      }),
    );
    for (const consumer of await Promise.all(consumers)) await consumer.disconnect();
    await producer.disconnect();
    await stop();
  `);

  expect(stderr).toBe('');
  expect(stdout.split('\n').sort()).toEqual(['', 'mixed /1,/2', 'orders a,b']);
  const orders = events.find('begin', /^process orders$/);
  expect(events.parentsOf(orders)).toEqual(['begin order a', 'begin order b']);
  expect(orders.taskId).toBe(events.find('begin', /^GET \/1$/).taskId);
  expect(Events.field(orders, 'messaging.batch.message_count')).toBe('2');
  const mixed = events.find('begin', /^process mixed$/);
  const senders = events.all('begin', /^order \/\d$/);
  expect(mixed.parentEventIds).toEqual([]);
  expect(senders.map(({ taskId }) => taskId)).not.toContain(mixed.taskId);
  expect(linksOf(mixed)).toEqual(
    senders.map(({ eventId }) => expect.stringMatching(new RegExp(`/${eventId}$`)) as unknown),
  );
});

test('messages of a transaction, a failure, and more than 64 messages at once', async () => {
  const { events, stdout, stderr } = await run(`${start()}
    const { url, stop } = await serve(async (request, response) => {
      await producer.send({ topic: '', messages: [] }).catch(({ message }) => console.log(message));
      await producer.send(undefined).catch(({ name }) => console.log(name));
      await producer.send({
        topic: 'many',
        messages: Array.from({ length: 65 }, (_, i) => ({ value: String(i), partition: 0 })),
      });
      const careful = kafka.producer({ transactionalId: 'one', maxInFlightRequests: 1 });
      await careful.connect();
      const transaction = await careful.transaction();
      await transaction.send({ topic: 'notes', messages: [{ value: 'x' }] });
      await transaction.commit();
      await careful.disconnect();
      response.end();
    });
    await get(url + '/1', { headers: inTask(1) });
    let consumer;
    let left = 65;
    await new Promise(async (resolve) => {
      consumer = await consume('many', {
        async eachMessage() {
          if (--left === 0) setTimeout(resolve, 20);
        },
      });
    });
    await consumer.disconnect();
    await producer.disconnect();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'Invalid topic\nTypeError\n', stderr: '' });
  const failed = events.find('end', /^send {2}?failed$/);
  expect(Events.field(failed, 'error.message')).toBe('Invalid topic');
  expect(events.parentsOf(events.find('begin', /^send notes$/))).toEqual(['end send many ended']);
  const sent = events.find('begin', /^send many$/);
  const begun = events.all('begin', /^process many$/);
  expect(begun).toHaveLength(65);
  expect(new Set(begun.map(({ taskId }) => taskId)).size).toBe(65);
  for (const one of begun) expect(linksOf(one)[0]).toMatch(new RegExp(`/${sent.eventId}$`));
});

test('objects of classes stay what they are, and failures are the program’s', async () => {
  const { events, stdout, stderr } = await run(`${start()}
    class Mail {
      #secret = 'key';
      constructor(text) { this.value = text; }
      get key() { return this.#secret; }
    }
    class Options {
      get fromBeginning() { return true; }
      get autoCommit() { return false; }
      eachMessage = async ({ message }) => { got(String(message.value)); };
    }
    process.on('unhandledRejection', (error) => console.log('unhandled', error.name));
    kafka.producer().transaction();
    await pause();
    await producer.send({ topic: 'classes', messages: [new Mail('paid')] });
    let got;
    const value = new Promise((resolve) => (got = resolve));
    const consumer = await consume('classes', new Options());
    console.log(await value);
    console.log(await consumer.run(null).catch(({ name }) => name));
    await consumer.disconnect();
    await producer.disconnect();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'unhandled KafkaJSNonRetriableError\npaid\nTypeError\n',
    stderr: '',
  });
  const begun = events.find('begin', /^process classes$/);
  expect(events.parentsOf(begun)).toEqual(['begin send classes']);
});
