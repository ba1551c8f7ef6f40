// Commands of MongoDB as operations, by the real driver and by mongoose. Debian has no MongoDB, so a small server speaks its
// wire protocol (MongoDB, "Wire Protocol": OP_MSG, and OP_QUERY for the first message) and keeps one list.
import { Events } from '../operations/program';
import type { Finished } from '../operations/program';
import { programsWith } from './traced';

const programs = programsWith(['mongodb@7.9.0', 'mongoose@9.12.1']);

const SERVER = `
  import { createServer } from 'node:net';
  import { BSON } from 'mongodb';
  const carts = [];
  const answers = {
    hello: () => ({ isWritablePrimary: true, maxWireVersion: 21, minWireVersion: 0, maxBsonObjectSize: 16777216,
      maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000, helloOk: true, connectionId: 1 }),
    insert: ({ documents }) => ({ n: carts.push(...documents) && documents.length }),
    find: ({ find, filter }) =>
      find === 'forbidden'
        ? { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not allowed' }
        : { cursor: { id: BSON.Long.ZERO, ns: 'shop.carts', firstBatch: carts.filter(({ n }) => filter.n === undefined || n === filter.n) } },
    aggregate: () => ({ cursor: { id: BSON.Long.ZERO, ns: 'shop.carts', firstBatch: [{ n: carts.length }] } }),
    endSessions: () => ({}),
  };
  function reply(message) {
    const id = message.readInt32LE(4);
    const isQuery = message.readInt32LE(12) === 2004;
    let command;
    if (isQuery) {
      command = BSON.deserialize(message.subarray(message.indexOf(0, 20) + 9));
    } else {
      for (let at = 20; at < message.length; ) {
        const kind = message[at++];
        const size = message.readInt32LE(at);
        const section = message.subarray(at, at + size);
        if (kind === 0) command = { ...BSON.deserialize(section), ...command };
        else {
          const end = section.indexOf(0, 4);
          const documents = [];
          for (let from = end + 1; from < size; from += section.readInt32LE(from)) {
            documents.push(BSON.deserialize(section.subarray(from, from + section.readInt32LE(from))));
          }
          command = { ...command, [section.toString('utf8', 4, end)]: documents };
        }
        at += size;
      }
    }
    const name = Object.keys(command).find((key) => key in answers || key.toLowerCase() === 'ismaster') ?? 'none';
    const answer = (answers[name] ?? answers.hello)(command);
    const body = BSON.serialize({ ok: 1, ...answer });
    const head = Buffer.alloc(isQuery ? 36 : 21);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(id, 8);
    head.writeInt32LE(isQuery ? 1 : 2013, 12);
    if (isQuery) head.writeInt32LE(1, 32);
    return Buffer.concat([head, body]);
  }
  const mongo = createServer((socket) => {
    let rest = Buffer.alloc(0);
    socket.on('error', () => {}).on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const size = rest.readInt32LE(0);
        socket.write(reply(rest.subarray(0, size)));
        rest = rest.subarray(size);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(mongo, 'listening');
  const address = 'mongodb://127.0.0.1:' + mongo.address().port + '/shop';
`;

const run = (code: string): Promise<Finished> => programs(SERVER + code);

const clients = {
  mongodb: {
    open: `
      import { MongoClient } from 'mongodb';
      const client = await new MongoClient(address).connect();
      const carts_ = client.db().collection('carts');
      const insert = (cart) => carts_.insertOne(cart);
      const find = (filter) => carts_.find(filter).toArray();
      const forbidden = () => client.db().collection('forbidden').findOne({});
    `,
    close: 'await client.close();',
  },
  mongoose: {
    open: `
      import mongoose from 'mongoose';
      await mongoose.connect(address, { autoIndex: false, autoCreate: false });
      const schema = new mongoose.Schema({ n: Number, text: String }, { versionKey: false });
      const Cart = mongoose.model('Cart', schema, 'carts');
      const Forbidden = mongoose.model('Forbidden', schema, 'forbidden');
      const insert = (cart) => new Cart(cart).save();
      const find = (filter) => Cart.find(filter).exec();
      const forbidden = () => Forbidden.findOne({});
    `,
    close: 'await mongoose.disconnect();',
  },
};

test.each(Object.entries(clients))(
  '%s: commands run side by side, and are joined',
  async (_, { open, close }) => {
    const { events, stdout, stderr } = await run(`
    ${open}
    const { url, stop } = await serve(async (request, response) => {
      const n = Number(request.url.slice(1));
      await insert({ n, text: 'secret' });
      const [one, none] = await Promise.all([find({ n }), find({ n: -1 })]);
      const failed = await forbidden().catch(({ codeName }) => codeName);
      response.end([one.length, none.length, failed].join());
    });
    const send = (n) => get(url + '/' + n, { headers: inTask(n + 1) });
    const all = await Promise.all(Array.from({ length: 16 }, (_, n) => send(n)));
    console.log([...new Set(all)].join(' '));
    await stop();
    ${close}
    mongo.close();
  `);

    expect({ stdout, stderr }).toEqual({ stdout: '1,0,Unauthorized\n', stderr: '' });
    for (let n = 0; n < 16; n++) {
      const own = events.ofTask(n + 1);
      const insert = own.find('begin', /^insert carts$/);
      expect(own.parentsOf(insert)).toEqual([`begin GET /${n}`]);
      expect(Object.fromEntries(insert.fields!)).toMatchObject({
        'db.system.name': 'mongodb',
        'db.namespace': 'shop',
        'db.collection.name': 'carts',
        'server.address': '127.0.0.1',
      });
      for (const one of own.all('begin', /^find carts$/)) {
        expect(own.parentsOf(one)).toEqual(['end insert carts ended']);
      }
      expect(own.all('begin', /^find carts$/)).toHaveLength(2);
      expect(own.parentsOf(own.find('begin', /^find forbidden$/))).toEqual([
        ...['end find carts ended', 'end find carts ended'],
      ]);
      const failed = own.find('end', /^find forbidden failed$/);
      expect(Events.field(failed, 'error.message')).toBe('not allowed');
      expect(own.parentsOf(own.find('end', /^GET/))).toEqual(['end find forbidden failed']);
    }
    expect(JSON.stringify(events.reports)).not.toMatch(/secret|hello/);
  },
);
