import { getLocal, register, setLocal } from '@throughline/runtime';
import { inImmediate, turn } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const look = (): string => getLocal(user);

describe('AbortSignal', () => {
  const assigned = async (name: string, handler: () => void): Promise<AbortController> => {
    const source = new AbortController();
    setLocal(user, name);
    setLocal(seen, [name]);
    source.signal.onabort = handler;
    return source;
  };

  test('a trigger in a strand gives its frame, joined with the registration', async () => {
    const found: unknown[] = [];
    const source = await assigned('ada', () => {
      found.push(getLocal(user), getLocal(seen));
      setLocal(user, 'eve');
    });
    setLocal(user, 'bob');
    setLocal(seen, ['triggered']);
    source.abort();

    expect(found).toEqual(['bob', ['triggered', 'ada']]);
    expect(getLocal(user)).toBe('bob');
  });

  test('a trigger of the platform gives the frame of the registration', async () => {
    const found: unknown[] = [];
    setLocal(user, 'bob');
    const source = await assigned('ada', () => {
      found.push(getLocal(user), getLocal(seen));
      setLocal(user, 'eve');
    });
    await inImmediate(() => source.abort());

    expect(found).toEqual(['ada', ['ada']]);
    expect(await inImmediate(look)).toBe('nobody');
  });
});

test('a handler of a port runs with the frame of the sender, or of its registration', async () => {
  const { port1, port2 } = new MessageChannel();
  setLocal(user, 'ada');
  const found = new Promise<string>((resolve) => {
    port1.onmessage = () => resolve(getLocal(user));
  });
  setLocal(user, 'bob');
  await inImmediate(() => port2.postMessage('x'));

  expect(await found).toBe('ada');
  port1.close();
  await turn();
});

test('a handler of a broadcast channel runs where it was registered', async () => {
  const [one, two] = [new BroadcastChannel('here'), new BroadcastChannel('here')];
  setLocal(user, 'ada');
  const found = new Promise<string>((resolve) => {
    one.onmessage = () => resolve(getLocal(user));
  });
  setLocal(user, 'bob');
  await inImmediate(() => two.postMessage('x'));

  expect(await found).toBe('ada');
  one.close();
  two.close();
});

describe('a port as an emitter', () => {
  const receive = async (
    add: (port: MessagePort & NodeJS.EventEmitter, heard: () => void) => void,
  ): Promise<string> => {
    const { port1, port2 } = new (require('node:worker_threads').MessageChannel)();
    setLocal(user, 'ada');
    const found = new Promise<string>((resolve) => add(port1, () => resolve(getLocal(user))));
    setLocal(user, 'bob');
    await inImmediate(() => port2.postMessage('x'));
    const name = await found;
    port1.close();
    return name;
  };
  test('on, once and addListener run where they were registered', async () => {
    expect(await receive((port, heard) => port.on('message', heard))).toBe('ada');
    expect(await receive((port, heard) => port.once('message', heard))).toBe('ada');
    expect(await receive((port, heard) => port.addListener('message', heard))).toBe('ada');
  });

  test('a listener that was taken away with all others is tied to where it is added again', async () => {
    const found = await receive((port, heard) => {
      setLocal(user, 'before');
      port.on('message', heard);
      port.removeAllListeners('message');
      setLocal(user, 'again');
      port.on('message', heard);
    });

    expect(found).toBe('again');
  });
});
