// Calls of Connect, over its own protocol and over gRPC, with the real packages. They are requests of HTTP, which carry the task.
import { programsWith } from './traced';

const run = programsWith([
  '@bufbuild/protobuf@2.17.0',
  '@connectrpc/connect@2.3.0',
  '@connectrpc/connect-node@2.3.0',
]);

/** A service of texts, without generated code. */
const SERVICE = `
  import http2 from 'node:http2';
  import { create, createFileRegistry } from '@bufbuild/protobuf';
  import { FileDescriptorProtoSchema, StringValueSchema, file_google_protobuf_wrappers } from '@bufbuild/protobuf/wkt';
  import { createClient } from '@connectrpc/connect';
  import { connectNodeAdapter, createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node';
  import { log } from '@throughline/runtime/xtrace';
  const text = '.google.protobuf.StringValue';
  const file = create(FileDescriptorProtoSchema, {
    name: 'shop.proto', package: 'shop', syntax: 'proto3',
    dependency: ['google/protobuf/wrappers.proto'],
    service: [{ name: 'Carts', method: [
      { name: 'Find', inputType: text, outputType: text },
      { name: 'List', inputType: text, outputType: text, serverStreaming: true },
    ] }],
  });
  const Carts = createFileRegistry(file, () => file_google_protobuf_wrappers).getService('shop.Carts');
  const handler = connectNodeAdapter({
    routes: (router) => router.service(Carts, {
      async find({ value }) {
        log('work ' + value);
        await pause();
        log('done ' + value);
        return { value: 'found ' + value };
      },
      async *list({ value }) {
        for (const n of [1, 2]) {
          await pause();
          yield { value: value + n };
        }
        log('listed ' + value);
      },
    }),
  });
`;

test.each([
  [
    'its own protocol over HTTP/1.1',
    'http.createServer(handler)',
    "createConnectTransport({ baseUrl, httpVersion: '1.1' })",
  ],
  ['gRPC over HTTP/2', 'http2.createServer(handler)', 'createGrpcTransport({ baseUrl })'],
])('%s: handlers run in the task of their caller, and are joined', async (_, server, transport) => {
  const { events, stdout, stderr } = await run(`
    ${SERVICE}
    const service = ${server};
    await new Promise((resolve) => service.listen(0, '127.0.0.1', resolve));
    const baseUrl = 'http://127.0.0.1:' + service.address().port;
    const client = createClient(Carts, ${transport});
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const both = await Promise.all([client.find({ value: 'a' + n }), client.find({ value: 'b' + n })]);
      log('both ' + n);
      const list = [];
      for await (const { value } of client.list({ value: 'c' + n })) list.push(value);
      response.end([...both.map(({ value }) => value), ...list].join());
    });
    const all = await Promise.all([1, 2, 3].map((n) => get(url + '/' + n, { headers: inTask(n) })));
    process.stdout.write(all.join(' '));
    await stop();
    service.closeAllConnections?.();
    service.close();
    process.exit();
  `);

  const answers = [1, 2, 3].map((n) => `found a${n},found b${n},c${n}1,c${n}2`).join(' ');
  expect({ stdout, stderr }).toEqual({ stdout: answers, stderr: '' });
  for (let n = 1; n <= 3; n++) {
    const own = events.ofTask(n);
    const labels = own.reports
      .map(({ label }) => label)
      .filter((label) => /^(work|done|listed|both)/.test(label));
    expect(labels.sort()).toEqual(
      [
        `both ${n}`,
        ...['a', 'b'].flatMap((name) => [`done ${name}${n}`, `work ${name}${n}`]),
        `listed c${n}`,
      ].sort(),
    );
    // Both calls have ended before what follows them.
    const after = own.reports.find(({ label }) => label === `both ${n}`)!;
    expect(own.parentsOf(after)).toHaveLength(2);
  }
});
