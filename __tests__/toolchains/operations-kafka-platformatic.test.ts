// Messages of Kafka as operations, with the client of Platformatic, and the broker of librdkafka.
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
  project = await withConfluent(['@platformatic/kafka@1.35.0']);
  server = await startConfluentKafka(project.folder, project.node);
});
afterAll(() => server.stop());

/** The broker knows fewer requests than the client: it does not tell which, and has no group that the client could join. */
const start = (): string => `
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

test('listeners of a stream get each message in the task of its sender', async () => {
  const { events, stdout, stderr } = await run(`
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

test('serializers, deserializers and hooks of the program work as without us', async () => {
  const { events, stdout, stderr } = await run(`
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

test('a loop over a stream comes after each message that it gets', async () => {
  const { events, stdout, stderr } = await run(`
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

test('what a stream sends at once comes after all who have written it', async () => {
  const { events, stdout, stderr } = await run(`
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

test('calls that wait for the same answer keep apart, a failure is the program’s, and more than 64 messages are links', async () => {
  const { events, stdout, stderr } = await run(`
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
