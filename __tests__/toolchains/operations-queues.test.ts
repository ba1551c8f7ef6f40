// Messages and jobs as operations, with the real packages and the servers that Debian has.
import { Events } from '../operations/program';
import type { Report } from '@throughline/runtime/report';
import { startRabbit, startRedis } from './servers';
import type { Server } from './servers';
import { programsWith } from './traced';

const run = programsWith(['amqplib@2.3.1', 'bullmq@6.7.0', 'ioredis@6.0.0']);

/** The tasks of other events that an event names. */
const linksOf = ({ fields = [] }: Report): string[] =>
  fields.flatMap(([name, value]) => (name === 'link' ? [value] : []));

describe('RabbitMQ', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startRabbit();
  });
  afterAll(() => server.stop());

  test('amqplib: a message is sent and handled in the task of its request, and a second time in one of its own', async () => {
    const { events, stdout, stderr } = await run(`
      import amqp from 'amqplib';
      import { operation } from '@throughline/runtime/operations';
      const connection = await amqp.connect('amqp://127.0.0.1:${server.port}');
      const channel = await connection.createChannel();
      await channel.assertQueue('mails', { exclusive: true });
      let left = 4;
      const handled = new Promise((resolve) => {
        channel.consume('mails', async (message) => {
          const text = message.content.toString();
          await operation('mail ' + text, pause);
          if (text === '3' && !message.fields.redelivered) channel.nack(message);
          else channel.ack(message);
          if (--left === 0) setTimeout(resolve, 20);
          if (text === '2') throw new Error('no such address');
        });
      });
      process.on('unhandledRejection', (error) => console.log(error.message));
      const options = { headers: { one: 'two' } };
      const { url, stop } = await serve((request, response) => {
        channel.sendToQueue('mails', Buffer.from('1'));
        channel.publish('', 'mails', Buffer.from('2'), options);
        channel.publish('', 'mails', Buffer.from('3'));
        response.end('sent');
      });
      console.log(await get(url + '/1', { headers: inTask(1) }));
      await handled;
      console.log(JSON.stringify(options));
      await stop();
      await connection.close();
    `);

    expect({ stdout, stderr }).toEqual({
      stdout: 'sent\nno such address\n{"headers":{"one":"two"}}\n',
      stderr: '',
    });
    const sent = events.all('begin', /^send mails$/);
    expect(sent).toHaveLength(3);
    expect(Events.field(sent[0]!, 'kind')).toBe('producer');
    expect(Events.field(sent[0]!, 'messaging.system')).toBe('rabbitmq');
    expect(sent.map((one) => events.parentsOf(one))).toEqual([
      ['begin GET /1'],
      ['end send mails ended'],
      ['end send mails ended'],
    ]);
    const begun = events.all('begin', /^process mails$/);
    expect(begun.map(({ taskId }) => taskId === sent[0]!.taskId)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(begun.map(({ parentEventIds }) => parentEventIds)).toEqual([
      ...sent.map(({ eventId }) => [eventId]),
      [],
    ]);
    expect(linksOf(begun[3]!)).toEqual([
      expect.stringMatching(new RegExp(`${sent[2]!.taskId}/${sent[2]!.eventId}$`)),
    ]);
    for (const mail of events.all('begin', /^mail \d$/)) {
      expect(events.parentsOf(mail)).toEqual(['begin process mails']);
    }
    for (const end of events.all('end', /^process mails/)) {
      expect(events.parentsOf(end)).toEqual([expect.stringMatching(/^end mail \d ended$/)]);
    }
    const failed = events.find('end', /^process mails failed$/);
    expect(Events.field(failed, 'error.message')).toBe('no such address');
  });

  test('amqplib, by callbacks: a confirmed message has ended when the server has it', async () => {
    const { events, stdout, stderr } = await run(`
      import amqp from 'amqplib/callback_api';
      amqp.connect('amqp://127.0.0.1:${server.port}', (failed, connection) => {
        connection.createConfirmChannel((failed, channel) => {
          channel.assertQueue('notes', { exclusive: true }, async () => {
            const { url, stop } = await serve((request, response) => {
              channel.sendToQueue('notes', Buffer.from('x'), {}, (failed) => response.end(String(failed)));
            });
            console.log(await get(url + '/1', { headers: inTask(1) }));
            await stop();
            connection.close();
          });
        });
      });
    `);

    expect({ stdout, stderr }).toEqual({ stdout: 'null\n', stderr: '' });
    expect(events.parentsOf(events.find('begin', /^send notes$/))).toEqual(['begin GET /1']);
    expect(events.parentsOf(events.find('end', /^GET \/1 200$/))).toEqual(['end send notes ended']);
  });
});

describe('BullMQ', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test('a job is added and done in the task of its request, and tried again in one of its own', async () => {
    const { events, stdout, stderr } = await run(`
      import { FlowProducer, Queue, Worker } from 'bullmq';
      import { operation } from '@throughline/runtime/operations';
      const connection = { host: '127.0.0.1', port: ${server.port} };
      const queue = new Queue('mails', { connection });
      const flows = new FlowProducer({ connection });
      await queue.waitUntilReady();
      const { url, stop } = await serve(async (request, response) => {
        const job = await queue.add('welcome', { n: 1, password: 'secret' });
        await queue.addBulk([
          { name: 'a', data: { n: 2 }, opts: { attempts: 2 } },
          { name: 'b', data: { n: 3 } },
        ]);
        await flows.add({
          ...{ name: 'whole', queueName: 'mails', data: { n: 4 } },
          children: [{ name: 'part', queueName: 'mails', data: { n: 5 } }],
        });
        response.end('job ' + job.name);
      });
      console.log(await get(url + '/1', { headers: inTask(1) }));
      let left = 6;
      await new Promise((resolve) => {
        const worker = new Worker(
          'mails',
          async (job) => {
            await operation('mail ' + job.data.n, pause);
            if (job.name === 'a' && job.attemptsMade === 0) throw new Error('no such address');
          },
          { connection, concurrency: 2 },
        );
        const done = () => --left || resolve(worker.close());
        worker.on('completed', done).on('failed', done);
      });
      await queue.close();
      await flows.close();
      await stop();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: 'job welcome\n', stderr: '' });
    const [one, all, flow] = events.all('begin', /^send mails$/);
    expect(events.parentsOf(one!)).toEqual(['begin GET /1']);
    expect(Events.field(one!, 'messaging.message.name')).toBe('welcome');
    expect(Events.field(all!, 'messaging.batch.message_count')).toBe('2');
    expect(events.parentsOf(all!)).toEqual(['end send mails ended']);
    expect(events.parentsOf(events.find('end', /^GET \/1 200$/))).toEqual(['end send mails ended']);
    const begun = events.all('begin', /^process mails$/);
    const senderOf = (name: string): unknown[] =>
      begun
        .filter((job) => Events.field(job, 'messaging.message.name') === name)
        .map(({ parentEventIds: [parent] }) => parent);
    expect(senderOf('welcome')).toEqual([one!.eventId]);
    expect(senderOf('a')).toEqual([all!.eventId, undefined]);
    expect(senderOf('b')).toEqual([all!.eventId]);
    expect([...senderOf('whole'), ...senderOf('part')]).toEqual([flow!.eventId, flow!.eventId]);
    const [again] = begun.filter(({ taskId }) => taskId !== one!.taskId);
    expect(linksOf(again!)).toEqual([expect.stringMatching(new RegExp(`/${all!.eventId}$`))]);
    for (const mail of events.all('begin', /^mail \d$/)) {
      expect(events.parentsOf(mail)).toEqual(['begin process mails']);
    }
    const failed = events.find('end', /^process mails failed$/);
    expect(events.parentsOf(failed)).toEqual(['end mail 2 ended']);
    expect(JSON.stringify(events.reports)).not.toContain('secret');
  });

  /** A program that adds jobs in a request, and waits until they are done. */
  const jobs = (count: number): string => `
    import { Queue, Worker } from 'bullmq';
    const connection = { host: '127.0.0.1', port: ${server.port} };
    const queue = new Queue('many', { connection });
    await queue.waitUntilReady();
    const { url, stop } = await serve(async (request, response) => {
      await queue.addBulk(Array.from({ length: ${count} }, (_, n) => ({ name: 'job', data: { n } })));
      response.end();
    });
    await get(url + '/1', { headers: inTask(1) });
    let left = ${count};
    await new Promise((resolve) => {
      const worker = new Worker('many', async () => {}, { connection, concurrency: 8 });
      worker.on('completed', () => --left || resolve(worker.close()));
    });
    await queue.close();
    await stop();
  `;

  test('a call with wrong arguments fails as it does without us', async () => {
    const { stdout } = await run(`
      import { Queue } from 'bullmq';
      const queue = new Queue('wrong', { connection: { host: '127.0.0.1', port: ${server.port} } });
      const failures = [() => queue.addBulk(null), () => queue.addBulk([null])].map((call) =>
        call().catch(({ name, message }) => name + message),
      );
      console.log((await Promise.all(failures)).join('\\n'));
      await queue.close();
    `);

    expect(stdout).toMatch(/^TypeError.*'map'.*\nTypeError.*'opts'.*\n$/);
  });

  test('more than 64 jobs at once are tasks of their own, with a link', async () => {
    const { events } = await run(jobs(65));
    const sent = events.find('begin', /^send many$/);
    const begun = events.all('begin', /^process many$/);

    expect(begun).toHaveLength(65);
    expect(new Set(begun.map(({ taskId }) => taskId)).size).toBe(65);
    for (const job of begun) expect(linksOf(job)[0]).toMatch(new RegExp(`/${sent.eventId}$`));
  });

  test.each([
    ['link', 1],
    ['new', 0],
  ])('the program can choose "%s" for all', async (policy, links) => {
    const { events } = await run(jobs(2), { THROUGHLINE_MESSAGES: policy });
    const sent = events.find('begin', /^send many$/);
    const begun = events.all('begin', /^process many$/);

    expect(begun).toHaveLength(2);
    for (const job of begun) {
      expect(job.taskId).not.toBe(sent.taskId);
      expect(linksOf(job)).toHaveLength(links);
    }
  });

  test.each([
    ['a process', 'cjs', '{}'],
    ['a process', 'mjs', '{}'],
    ['a thread', 'cjs', '{ useWorkerThreads: true }'],
    ['a thread', 'mjs', '{ useWorkerThreads: true }'],
  ])(
    'bullmq: a job in %s of its own (%s) is in the task of who has added it',
    async (_, kind, options) => {
      const head =
        kind === 'cjs'
          ? "const { log } = require('@throughline/runtime/xtrace'); module.exports = "
          : "import { log } from '@throughline/runtime/xtrace'; export default ";
      const { events, stdout, stderr } = await run(`
      import { writeFileSync } from 'node:fs';
      import { join } from 'node:path';
      import { Queue, Worker } from 'bullmq';
      const file = join(process.cwd(), 'processor-${kind}-${options.length}.${kind}');
      writeFileSync(file, ${JSON.stringify(head)} + \`async ({ data }) => {
        log('work ' + data.n);
        await new Promise((resolve) => setTimeout(resolve, 2));
        log('done ' + data.n);
        return data.n;
      };\`);
      const name = 'sandbox-${kind}-${options.length}';
      const connection = { host: '127.0.0.1', port: ${server.port} };
      const queue = new Queue(name, { connection });
      const worker = new Worker(name, file, { connection, ...${options} });
      const results = [];
      const all = new Promise((resolve) => {
        worker.on('completed', (_, result) => results.push(result) === 3 && resolve());
      });
      const { url, stop } = await serve(async (request, response) => {
        await queue.add('mail', { n: Number(request.url.slice(1)) });
        response.end();
      });
      for (const n of [1, 2, 3]) await get(url + '/' + n, { headers: inTask(n) });
      await all;
      console.log(results.sort().join());
      await worker.close();
      await queue.close();
      await stop();
    `);

      expect({ stdout, stderr }).toEqual({ stdout: '1,2,3\n', stderr: '' });
      for (const n of [1, 2, 3]) {
        const own = events.ofTask(n);
        const parentsOf = (label: string): string[] =>
          own.parentsOf(own.reports.find((one) => one.label === label)!);
        const process = `process sandbox-${kind}-${options.length}`;
        expect(parentsOf(`work ${n}`)).toEqual([`begin ${process}`]);
        expect(parentsOf(`done ${n}`)).toEqual([`event work ${n}`]);
        expect(own.parentsOf(own.find('end', new RegExp(`^${process} ended$`)))).toEqual([
          `event done ${n}`,
        ]);
      }
    },
  );
});
