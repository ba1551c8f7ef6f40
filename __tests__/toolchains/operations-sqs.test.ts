// Messages of Amazon SQS as operations, with the real client and a server on loopback that is as strict as that of AWS.
import type { Report } from '@throughline/runtime/report';
import { Events } from '../operations/program';
import type { Finished } from '../operations/program';
import { programsWith } from './traced';

const programs = programsWith([
  '@aws-sdk/client-sqs@3.1175.0',
  'local-aws-sqs@2.0.2',
  'sqs-consumer@15.0.3',
]);

const START = `
  import { createSqsServer } from 'local-aws-sqs';
  import * as aws from '@aws-sdk/client-sqs';
  import { createServer } from 'node:net';
  import { log } from '@throughline/runtime/xtrace';
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address();
  await new Promise((resolve) => free.close(resolve));
  const queues = await createSqsServer({ port, hostname: '127.0.0.1' });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const sqs = new aws.SQSClient({ endpoint: 'http://127.0.0.1:' + port, region: 'us-east-1', credentials });
  const { QueueUrl } = await sqs.send(new aws.CreateQueueCommand({ QueueName: 'mails' }));
  const stopSqs = () => (sqs.destroy(), queues.closeAllConnections(), queues.close());
  const ask = async (url, ...all) => {
    for (const n of all) await get(url + '/' + n, { headers: inTask(n) });
  };
`;
// The client warns of Node 20.
const run = (code: string): Promise<Finished> => programs(START + code, { NODE_NO_WARNINGS: '1' });

const linksOf = ({ fields = [] }: Report): string[] =>
  fields.flatMap(([name, value]) => (name === 'link' ? [value] : []));

test('sqs-consumer handles each message in the task of its sender, and a batch after all of its senders', async () => {
  const { events, stdout, stderr } = await run(`
    import { Consumer } from 'sqs-consumer';
    const command = new aws.SendMessageCommand({
      QueueUrl,
      MessageBody: 'x',
      MessageAttributes: { own: { DataType: 'String', StringValue: 'one' } },
    });
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      if (n === '3') {
        const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id }));
        await sqs.send(new aws.SendMessageBatchCommand({ QueueUrl, Entries }));
      } else await sqs.send(command);
      log('sent ' + n);
      response.end();
    });
    const seen = [];
    const handled = async ({ Body, Attributes, MessageAttributes = {} }) => {
      log('handle ' + Body);
      seen.push(Body + Object.keys(MessageAttributes) + Object.keys(Attributes ?? {}));
      await pause();
    };
    const consume = async (options, count) => {
      const consumer = Consumer.create({ queueUrl: QueueUrl, sqs, batchSize: 10, waitTimeSeconds: 1, ...options });
      consumer.start();
      while (seen.length < count) await once(consumer, 'response_processed');
      consumer.stop({ abort: true });
    };
    await ask(url, 1, 2);
    await consume({ handleMessage: async (one) => (await handled(one), one) }, 2);
    await ask(url, 3);
    const handleMessageBatch = async (all) => {
      await Promise.all(all.map(handled));
      return all;
    };
    await consume({ handleMessageBatch, messageAttributeNames: ['traceparent'] }, 4);
    console.log(seen.join(' '), JSON.stringify(command.input.MessageAttributes));
    await stop();
    stopSqs();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'x x atraceparent btraceparent {"own":{"DataType":"String","StringValue":"one"}}\n',
    stderr: '',
  });
  for (const n of [1, 2]) {
    const own = events.ofTask(n);
    expect(own.parentsOf(own.find('begin', /^process mails$/))).toEqual(['begin send mails']);
    const handle = own.reports.find(({ label }) => label === 'handle x')!;
    expect(own.parentsOf(handle)).toEqual(['begin process mails']);
    expect(own.parentsOf(own.reports.find(({ label }) => label === `sent ${n}`)!)).toEqual([
      'end send mails ended',
    ]);
    expect(Events.field(own.find('begin', /^send mails$/), 'kind')).toBe('producer');
  }
  const third = events.ofTask(3);
  expect(third.parentsOf(third.find('begin', /^process mails$/))).toEqual(['begin send mails']);
  const ended = third.parentsOf(third.find('end', /^process mails ended$/));
  expect(ended).toEqual(['event handle a', 'event handle b']);
});

test('a loop that asks for messages comes after their senders, and gets the attributes that it asks for', async () => {
  const { events, stdout, stderr } = await run(`
    const { url, stop } = await serve(async (request, response) => {
      const MessageAttributes = Object.fromEntries(
        Array.from({ length: request.url === '/2' ? 10 : 1 }, (_, i) => ['own' + i, { DataType: 'Number', StringValue: '7' }]),
      );
      const client = new aws.SQS({ endpoint: 'http://127.0.0.1:' + port, region: 'us-east-1', credentials });
      const long = { QueueUrl: small.QueueUrl, MessageBody: 'x'.repeat(1000) };
      const sent = { QueueUrl, MessageBody: request.url, MessageAttributes };
      const answer = await client.sendMessage(request.url === '/3' ? long : sent);
      response.end(String(answer.MessageId !== undefined));
    });
    const small = await sqs.send(
      new aws.CreateQueueCommand({ QueueName: 'small', Attributes: { MaximumMessageSize: '1024' } }),
    );
    await ask(url, 1, 2, 3);
    const receive = async (more, body) => {
      for (;;) {
        const command = new aws.ReceiveMessageCommand({ ...{ QueueUrl, WaitTimeSeconds: 1 }, ...more });
        const { Messages = [] } = await sqs.send(command);
        log('received ' + Messages.map(({ Body }) => Body[1]));
        for (const { Body, Attributes, MessageAttributes = {}, MD5OfMessageAttributes } of Messages) {
          if (MD5OfMessageAttributes && !('traceparent' in MessageAttributes) && Body[1] === '1') console.log('digest');
          const kept = Object.keys({ ...MessageAttributes, ...Attributes }).filter((name) => !name.startsWith('own'));
          console.log(Body[1], kept.join(), Object.keys(command.input).length);
        }
        if (Messages.length > 0) return;
      }
    };
    await receive({ MessageAttributeNames: ['own.*'] });
    await receive({ AttributeNames: ['All'] });
    await receive({ QueueUrl: small.QueueUrl, MessageAttributeNames: ['All'] });
    await stop();
    stopSqs();
  `);

  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['1', '2', 'x']);
  expect(lines[0]).toBe('1  3');
  expect(lines[1]).toContain('ApproximateReceiveCount');
  // Neither has room: one has all attributes that it may have, and the queue of the other one takes no longer messages.
  expect(lines[2]).toBe('x  3');
  const sent = events.ofTask(1).find('begin', /^send mails$/);
  const ended = events.all('end', /^SQS.ReceiveMessage ended$/);
  const first = ended.filter((one) => linksOf(one).length > 0);
  expect(first.map(linksOf)).toEqual([[`${'1'.padStart(32, '0')}/${sent.eventId}`]]);
});
