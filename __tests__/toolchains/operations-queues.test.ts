// Messages and jobs as operations, with the real packages and the servers that Debian has.
import { Events, prelude, runTraced } from '../operations/program';
import type { Finished } from '../operations/program';
import { Project } from './project';
import { startRabbit, startRedis } from './servers';
import type { Server } from './servers';

let project: Project;
beforeAll(async () => {
  project = await Project.with(['amqplib@2.3.1', 'bullmq@6.7.0', 'ioredis@6.0.0']);
});

/** The headers of a request for a task of its own, which does not begin where the program does. */
const OWN_TASK = `
  const headers = { traceparent: '00-0af7651916cd43dd0448eb211c80319c-b7ad6b7169203331-01' };
`;

const run = (code: string): Promise<Finished> =>
  runTraced(project.folder, 'program.mjs', prelude + OWN_TASK + code);

/** The events of a task that an event belongs to. */
function taskOf(events: Events, { taskId }: { taskId: string }): Events {
  return new Events(events.reports.filter((one) => one.taskId === taskId));
}

describe('RabbitMQ', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startRabbit();
  });
  afterAll(() => server.stop());

  test('amqplib: a message is sent in the task of its request, and handled in a task of its own', async () => {
    const { events, stdout, stderr } = await run(`
      import amqp from 'amqplib';
      import { operation } from '@throughline/runtime/operations';
      const connection = await amqp.connect('amqp://127.0.0.1:${server.port}');
      const channel = await connection.createChannel();
      await channel.assertQueue('mails', { exclusive: true });
      let left = 3;
      const handled = new Promise((resolve) => {
        channel.consume('mails', async (message) => {
          const text = message.content.toString();
          await operation('mail ' + text, pause);
          channel.ack(message);
          if (text === '2') throw new Error('no such address');
          if (--left === 1) resolve();
        });
      });
      process.on('unhandledRejection', (error) => console.log(error.message));
      const { url, stop } = await serve((request, response) => {
        channel.sendToQueue('mails', Buffer.from(request.url.slice(1)));
        channel.publish('', 'mails', Buffer.from(request.url.slice(1)));
        response.end('sent');
      });
      console.log(await get(url + '/1', { headers }));
      await handled;
      channel.sendToQueue('mails', Buffer.from('2'));
      await new Promise((resolve) => process.once('unhandledRejection', () => setTimeout(resolve, 20)));
      await stop();
      await connection.close();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: 'sent\nno such address\n', stderr: '' });
    const sent = events.all('begin', /^send mails$/);
    expect(sent).toHaveLength(3);
    expect(Events.field(sent[0]!, 'kind')).toBe('producer');
    expect(Events.field(sent[0]!, 'messaging.system')).toBe('rabbitmq');
    expect(sent.slice(0, 2).map((one) => events.parentsOf(one))).toEqual([
      ['begin GET /1'],
      ['end send mails ended'],
    ]);
    const begun = events.all('begin', /^process mails$/);
    expect(new Set(begun.map(({ taskId }) => taskId)).size).toBe(3);
    for (const one of begun) {
      expect(Events.field(one, 'kind')).toBe('consumer');
      const own = taskOf(events, one);
      expect(own.parentsOf(own.find('begin', /^mail \d$/))).toEqual(['begin process mails']);
      const [end] = own.all('end', /^process mails/);
      expect(own.parentsOf(end!)).toEqual([expect.stringMatching(/^end mail \d ended$/)]);
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
            console.log(await get(url + '/1', { headers }));
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

  test('a job is added in the task of its request, and done in a task of its own', async () => {
    const { events, stdout, stderr } = await run(`
      import { Queue, Worker } from 'bullmq';
      import { operation } from '@throughline/runtime/operations';
      const connection = { host: '127.0.0.1', port: ${server.port} };
      const queue = new Queue('mails', { connection });
      await queue.waitUntilReady();
      const { url, stop } = await serve(async (request, response) => {
        const job = await queue.add('welcome', { n: request.url.slice(1), password: 'secret' });
        await queue.addBulk([{ name: 'a', data: { n: 2 } }, { name: 'b', data: { n: 3 } }]);
        response.end('job ' + job.name);
      });
      console.log(await get(url + '/1', { headers }));
      let left = 3;
      await new Promise((resolve) => {
        const worker = new Worker(
          'mails',
          async (job) => {
            await operation('mail ' + job.data.n, pause);
            if (job.name === 'b') throw new Error('no such address');
          },
          { connection, concurrency: 2 },
        );
        const done = () => --left || resolve(worker.close());
        worker.on('completed', done).on('failed', done);
      });
      await queue.close();
      await stop();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: 'job welcome\n', stderr: '' });
    const [one, all] = events.all('begin', /^send mails$/);
    expect(events.parentsOf(one!)).toEqual(['begin GET /1']);
    expect(Events.field(one!, 'messaging.message.name')).toBe('welcome');
    expect(Events.field(all!, 'messaging.batch.message_count')).toBe('2');
    expect(events.parentsOf(all!)).toEqual(['end send mails ended']);
    expect(events.parentsOf(events.find('end', /^GET \/1 200$/))).toEqual(['end send mails ended']);
    const begun = events.all('begin', /^process mails$/);
    expect(new Set(begun.map(({ taskId }) => taskId)).size).toBe(3);
    for (const { taskId } of begun) {
      const own = taskOf(events, { taskId });
      const works = own.reports.filter(({ label }) => !/^[A-Z]+( ended)?$/.test(label));
      expect(works.map(({ label }) => label)).toEqual([
        'process mails',
        expect.stringMatching(/^mail \d$/),
        expect.stringMatching(/^mail \d ended$/),
        expect.stringMatching(/^process mails (?:ended|failed)$/),
      ]);
    }
    expect(events.all('end', /^process mails failed$/)).toHaveLength(1);
    expect(JSON.stringify(events.reports)).not.toContain('secret');
  });
});
