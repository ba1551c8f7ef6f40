// What a server of server-sent events sends to a client that has asked where messages come from.
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { takeStreamOffer, tellSenders } from '../../runtime/src/channels/event-streams';

const MARK = '0123456789abcdef';
const TYPE = `throughline.${MARK}`;

let server: Server;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((request, response) => {
    const offer = takeStreamOffer(request);
    if (offer) tellSenders(response, offer.mark);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** Returns the bytes of an answer, to a client that asks for it or not. */
async function bytesOf(write: (response: ServerResponse) => void, isAsked = true): Promise<Buffer> {
  answer = write;
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const headers = { ...(isAsked && { 'throughline-messages': `${MARK}@${host}` }) };
  const response = await fetch(`http://${host}/`, { headers });
  return Buffer.from(await response.arrayBuffer());
}
const EVENTS = { 'content-type': 'text/event-stream' };

interface Message {
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

/** Reads a stream as the standard says (HTML, "interpreting an event stream"), without `retry`. */
function read(stream: string): Message[] {
  const messages: Message[] = [];
  let [type, data, id] = ['', '', ''];
  for (const line of stream.split(/\r\n|\n|\r/)) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
    if (line === '') {
      if (data !== '') messages.push({ type: type || 'message', data: data.slice(0, -1), id });
      [type, data] = ['', ''];
    } else if (field === 'event') type = value;
    else if (field === 'data') data += `${value}\n`;
    else if (field === 'id') id = value;
  }
  return messages;
}

const line = fc.stringMatching(/^[ a-zé☃:]{0,6}$/);
const end = fc.constantFrom('\n', '\r\n', '\r');
/** A part of a stream: a message, comments, or fields without data. */
const part = fc
  .array(
    fc.oneof(
      line.map((text) => `data: ${text}`),
      line.map((text) => `:${text}`),
      fc.constantFrom('event: news', 'id: 7', 'data', 'retry: 10'),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .chain((lines) => end.map((by) => lines.map((one) => one + by).join('') + by));

test('whatever is written in whatever pieces, each message comes after an event of ours, and is as it was', async () => {
  const pieces = fc.tuple(
    fc.array(part, { maxLength: 5 }).map((parts) => parts.join('')),
    fc.array(fc.nat(80), { maxLength: 8 }),
    fc.boolean(),
  );
  await fc.assert(
    fc.asyncProperty(pieces, async ([stream, cuts, isBytes]) => {
      const whole = isBytes ? Buffer.from(stream) : stream;
      const at = [0, ...cuts.filter((cut) => cut < whole.length), whole.length];
      at.sort((a, b) => a - b);
      const sent = await bytesOf((response) => {
        response.writeHead(200, EVENTS);
        for (const [i, cut] of at.slice(1).entries()) response.write(whole.slice(at[i], cut));
        response.end();
      });
      const messages = read(String(sent));
      const own = messages.filter(({ type }) => type !== TYPE);
      expect(own).toEqual(read(stream));
      for (const [i, one] of messages.entries()) {
        if (one.type !== TYPE) expect(messages[i - 1]?.type).toBe(TYPE);
      }
    }),
    { numRuns: 300 },
  );
});

test('what is no stream of messages, is compressed or counted, or was not asked for, stays as it is', async () => {
  const text = 'data: a\n\n';
  const of = (headers: Record<string, string>, body: string | Buffer = text) =>
    bytesOf((response) => response.writeHead(200, headers).end(body));
  expect(String(await of(EVENTS))).toMatch(/^event: throughline\.[^]*data: a\n\n$/);
  expect(String(await of({ 'content-type': 'text/plain' }))).toBe(text);
  expect(String(await of({ ...EVENTS, 'content-length': '9' }))).toBe(text);
  expect(String(await of({ ...EVENTS, 'content-encoding': 'gzip' }, gzipSync(text)))).toBe(text);
  const plain = await bytesOf((response) => response.writeHead(200, EVENTS).end(text), false);
  expect(String(plain)).toBe(text);
});

/** Returns the data of messages, and `told` for each event of ours. */
const dataOf = (sent: Buffer): string[] =>
  read(String(sent)).map(({ type, data }) => (type === TYPE ? 'told' : data));

test('texts in other encodings are read as what they are', async () => {
  const sent = await bytesOf((response) => {
    response.setHeader('content-type', 'text/event-stream; charset=utf-8');
    response.write('data: a\n\n', 'utf8', () => {});
    response.write('ZGF0YTogYgoK', 'base64');
    response.end('data: c\n\n');
  });
  expect(dataOf(sent)).toEqual(['told', 'a', 'told', 'b', 'told', 'c']);
});

test.each(['\ufeff', ''])('a stream may begin with a byte order mark (%j)', async (mark) => {
  for (const text of [`${mark}data: a\n\n`, Buffer.from(`${mark}data: a\n\n`)]) {
    const sent = await bytesOf((response) => response.writeHead(200, EVENTS).end(text));
    expect(String(sent).startsWith(`${mark}event: ${TYPE}\n`)).toBe(true);
    expect(String(sent).endsWith('\n\ndata: a\n\n')).toBe(true);
  }
});

test('a message after a comment that was written alone is told, and one that was told already is not', async () => {
  const sent = await bytesOf((response) => {
    response.writeHead(200, EVENTS);
    response.write('event: progress\ndata: a\n\n');
    response.write(': ping\n');
    response.write('data: b\n\n');
    // A server behind this one, whose answer is passed on.
    response.end(`event: ${TYPE}\ndata: sender\n\ndata: c\n\n`);
  });
  expect(dataOf(sent)).toEqual(['told', 'a', 'told', 'b', 'told', 'c']);
});

test('a method of the response itself is called', async () => {
  const sent = await bytesOf((response) => response.writeHead(200, EVENTS).end('data: a\n\n'));
  expect(dataOf(sent)).toEqual(['told', 'a']);
  const response = { hasHeader: () => false, _header: 'content-type: text/event-stream' };
  const written: unknown[] = [];
  const own = { ...response, write: (text: unknown) => written.push(text), end: () => {} };
  tellSenders(own as never, MARK);
  own.write('data: a\n\n');
  expect(written).toEqual([expect.stringMatching(/^event: throughline[^]*data: a\n\n$/)]);
});

test('the server’s program does not see what a page has asked for in the address', () => {
  const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
  const read_ = (url: string) => {
    const request = { url, headers: {} };
    return [takeStreamOffer(request as never), request.url];
  };
  const asks = { 'throughline-messages': `${MARK}@shop:80` };
  const to = (host: string): unknown =>
    takeStreamOffer({ url: '/', headers: { host, ...asks } } as never);
  expect(to('shop:80')).toEqual({ mark: MARK });
  // A gateway that has copied the headers of its client.
  expect(to('backend:80')).toBeUndefined();
  const offer = `throughline-messages=${MARK}`;
  expect(read_(`/a?b=%20c&${offer}.${traceparent}`)).toEqual([
    expect.objectContaining({ mark: MARK, traceparent }),
    '/a?b=%20c',
  ]);
  expect(read_(`/a?${offer}`)).toEqual([expect.objectContaining({ mark: MARK }), '/a']);
  for (const url of ['/a', `/a?${offer}&b=c`, `/a?x${offer}`, '/a?throughline-messages=1']) {
    expect(read_(url)).toEqual([undefined, url]);
  }
});
