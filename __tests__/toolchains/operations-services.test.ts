// Calls of remote services as operations, with the real packages of clients.
import { Events } from '../operations/program';
import { programsWith } from './traced';

const PACKAGES = [
  '@anthropic-ai/sdk@1.14.0',
  '@aws-sdk/client-dynamodb@3.1169.0',
  'dynalite@4.0.0',
  'openai@7.59.0',
];

const run = programsWith(PACKAGES);

test('AWS: commands run side by side, and one that fails names its error', async () => {
  const { events, stdout } = await run(`
    import dynalite from 'dynalite';
    import { CreateTableCommand, DynamoDB, GetItemCommand } from '@aws-sdk/client-dynamodb';
    const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new DynamoDB({
      endpoint: 'http://127.0.0.1:' + server.address().port,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'secret' },
    });
    await client.send(
      new CreateTableCommand({
        TableName: 'carts',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const key = (id) => ({ TableName: 'carts', Key: { id: { S: id } } });
    const { url, stop } = await serve(async (request, response) => {
      await client.putItem({ TableName: 'carts', Item: { id: { S: '1' }, text: { S: 'secret' } } });
      const [one, two] = await Promise.all([
        client.send(new GetItemCommand(key('1'))),
        client.getItem(key('2')),
      ]);
      const missing = await client.getItem({ ...key('1'), TableName: 'none' }).catch(({ name }) => name);
      client.getItem(key('3'), (failed, { Item }) => {
        response.end([one.Item.id.S, two.Item, missing, Item].join());
      });
    });
    process.stdout.write(await get(url + '/x'));
    await stop();
    server.close();
    client.destroy();
  `);

  expect(stdout).toBe('1,,ResourceNotFoundException,');
  const put = events.find('begin', /^DynamoDB.PutItem$/);
  expect(events.parentsOf(put)).toContain('begin GET /x');
  expect(Events.field(put, 'rpc.service')).toBe('DynamoDB');
  const both = events.all('begin', /^DynamoDB.GetItem$/).slice(0, 2);
  for (const one of both) expect(events.parentsOf(one)).toEqual(['end DynamoDB.PutItem ended']);
  const failed = events.find('end', /^DynamoDB.GetItem failed$/);
  expect(Events.field(failed, 'error.type')).toBe('ResourceNotFoundException');
  // Each has waited for the request that it has sent.
  expect(events.parentsOf(failed)).toEqual([expect.stringMatching(/^end POST .* 400$/)]);
  expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual([
    'end DynamoDB.GetItem ended',
  ]);
  expect(JSON.stringify(events.reports)).not.toContain('secret');
});

/** A server in the place of a model: it answers each request with what the program has prepared for its path. */
const MODEL = `
  const { url: model, stop: stopModel } = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    await pause();
    const { status = 200, ...answer } = answers[request.url](JSON.parse(body));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
`;

test('OpenAI: an agent asks for two tools side by side, and goes on with what both have said', async () => {
  const { events, stdout, stderr } = await run(`
    import OpenAI from 'openai';
    import { operation } from '@throughline/runtime/operations';
    const call = (id, name) => ({ id, type: 'function', function: { name, arguments: '{}' } });
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
    const answers = {
      '/chat/completions': ({ messages }) => ({
        model: 'gpt-5-2026',
        usage,
        choices: [
          messages.length === 1
            ? {
                finish_reason: 'tool_calls',
                message: { role: 'assistant', tool_calls: [call('a', 'weather'), call('b', 'map')] },
              }
            : { finish_reason: 'stop', message: { role: 'assistant', content: 'sunny' } },
        ],
      }),
      '/responses': () => ({ status: 400, error: { message: 'no such model' } }),
      '/embeddings': () => ({ model: 'small', data: [{ embedding: [1] }], usage }),
    };
    ${MODEL}
    const client = new OpenAI({ apiKey: 'secret', baseURL: model, maxRetries: 0 });
    const { url, stop } = await serve(async (request, response) => {
      const messages = [{ role: 'user', content: 'secret question' }];
      const ask = () => client.chat.completions.create({ model: 'gpt-5', messages });
      const [{ message }] = (await ask()).choices;
      const said = await Promise.all(
        message.tool_calls.map(({ function: { name } }) => operation('tool ' + name, pause)),
      );
      messages.push(message, ...said.map(() => ({ role: 'tool', content: 'x' })));
      const { data, response: raw } = await ask().withResponse();
      await client.embeddings.create({ model: 'small', input: 'x', encoding_format: 'float' });
      const failed = await client.responses.create({ model: 'none' }).catch(({ status }) => status);
      response.end([data.choices[0].message.content, raw.status, failed].join());
    });
    process.stdout.write(await get(url + '/x'));
    await stop();
    await stopModel();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'sunny,200,400', stderr: '' });
  const [first, second] = events.all('begin', /^chat gpt-5$/);
  expect(events.parentsOf(first!)).toEqual(['begin GET /x']);
  expect(Events.field(first!, 'gen_ai.provider.name')).toBe('openai');
  expect(events.parentsOf(second!)).toEqual(['end tool map ended', 'end tool weather ended']);
  for (const tool of events.all('begin', /^tool /)) {
    expect(events.parentsOf(tool)).toEqual(['end chat gpt-5 ended']);
  }
  const [ended] = events.all('end', /^chat gpt-5 ended$/);
  expect(events.parentsOf(ended!)).toEqual([expect.stringMatching(/^end POST .* 200$/)]);
  expect(Object.fromEntries(ended!.fields!)).toMatchObject({
    'gen_ai.response.model': 'gpt-5-2026',
    'gen_ai.response.finish_reasons': 'tool_calls',
    'gen_ai.tool.names': 'weather,map',
    'gen_ai.usage.input_tokens': '7',
    'gen_ai.usage.output_tokens': '3',
  });
  expect(events.parentsOf(events.find('begin', /^embeddings small$/))).toEqual([
    'end chat gpt-5 ended',
  ]);
  expect(events.parentsOf(events.find('begin', /^chat none$/))).toEqual([
    'end embeddings small ended',
  ]);
  expect(Events.field(events.find('end', /^chat none failed$/), 'error.message')).toMatch(
    /no such/,
  );
  expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual(['end chat none failed']);
  expect(JSON.stringify(events.reports)).not.toContain('secret');
});

test('OpenAI: an answer of another shape comes through as it is', async () => {
  const { events, stdout } = await run(`
    import OpenAI from 'openai';
    const answers = { '/chat/completions': () => ({ choices: { none: 1 }, content: 'x', usage: 3 }) };
    ${MODEL}
    const client = new OpenAI({ apiKey: 'x', baseURL: model, maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'gpt-5', messages: [] });
    process.stdout.write(JSON.stringify(answer));
    await stopModel();
  `);

  expect(stdout).toBe('{"choices":{"none":1},"content":"x","usage":3}');
  expect(Events.field(events.find('end', /^chat gpt-5 ended$/), 'status')).toBe('ok');
});

test('OpenAI: a failure that nobody handles is the rejection that it was', async () => {
  const { stderr, code } = await run(`
    import OpenAI from 'openai';
    const answers = { '/chat/completions': () => ({ status: 404, error: { message: 'not found' } }) };
    ${MODEL}
    const client = new OpenAI({ apiKey: 'x', baseURL: model, maxRetries: 0 });
    client.chat.completions.create({ model: 'gpt-5', messages: [] });
  `);

  expect(code).toBe(1);
  expect(stderr).toMatch(/NotFoundError: 404 not found/);
});

test('Anthropic: a message names the tools that it asks for', async () => {
  const { events, stdout, stderr } = await run(`
    import Anthropic from '@anthropic-ai/sdk';
    const answers = {
      '/v1/messages': () => ({
        model: 'claude-x',
        role: 'assistant',
        stop_reason: 'tool_use',
        content: [{ type: 'text', text: 'secret' }, { type: 'tool_use', name: 'weather', input: {} }],
        usage: { input_tokens: 5, output_tokens: 2 },
      }),
    };
    ${MODEL}
    const client = new Anthropic({ apiKey: 'secret', baseURL: model, maxRetries: 0 });
    const { url, stop } = await serve(async (request, response) => {
      const messages = [{ role: 'user', content: 'secret' }];
      const { content } = await client.messages.create({ model: 'claude', max_tokens: 9, messages });
      response.end(content[1].name);
    });
    process.stdout.write(await get(url + '/x'));
    await stop();
    await stopModel();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'weather', stderr: '' });
  expect(events.parentsOf(events.find('begin', /^chat claude$/))).toEqual(['begin GET /x']);
  const ended = events.find('end', /^chat claude ended$/);
  expect(Object.fromEntries(ended.fields!)).toMatchObject({
    'gen_ai.response.finish_reasons': 'tool_use',
    'gen_ai.tool.names': 'weather',
    'gen_ai.usage.input_tokens': '5',
  });
  expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual(['end chat claude ended']);
  expect(JSON.stringify(events.reports)).not.toContain('secret');
});
