import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import * as needs from './harness/needs';
import { inTurn } from './harness/uncompiled';
import { add, joined, read, user } from './slots';

const target = construct('EventTarget', needs.eventTarget);

target('a listener sees its trigger, when that runs in a strand', async () => {
  setLocal(user, 'ada');
  const bus = new EventTarget();
  const found: string[] = [];
  bus.addEventListener('x', () => found.push(read()));
  const triggers = async (): Promise<void> => {
    setLocal(user, 'bob');
    bus.dispatchEvent(new Event('x'));
    await null;
    bus.dispatchEvent(new Event('x'));
  };
  await triggers();
  equal([found, read()], [['bob', 'bob'], 'ada']);
});

target('a listener sees its registration, when code that was not compiled triggers', async () => {
  setLocal(user, 'ada');
  const bus = new EventTarget();
  const found: string[] = [];
  bus.addEventListener('x', () => {
    found.push(read());
    setLocal(user, 'eve');
  });
  setLocal(user, 'bob');
  await inTurn(() => {
    bus.dispatchEvent(new Event('x'));
    bus.dispatchEvent(new Event('x'));
  });
  equal(found, ['ada', 'ada']);
});

target('a listener joins both, and an object that handles events is one', async () => {
  const bus = new EventTarget();
  const registers = async (): Promise<void> => {
    add('registration');
    bus.addEventListener('x', {
      handleEvent: () => {
        found = joined();
      },
    });
  };
  let found: readonly string[] = [];
  void registers();
  add('trigger');
  bus.dispatchEvent(new Event('x'));
  equal([...found].sort(), ['registration', 'trigger']);
});

target('a listener is removed by the function that was given, and added once', async () => {
  const bus = new EventTarget();
  let calls = 0;
  const count = (): void => void calls++;
  bus.addEventListener('x', count);
  bus.addEventListener('x', count);
  bus.dispatchEvent(new Event('x'));
  bus.removeEventListener('x', count);
  bus.dispatchEvent(new Event('x'));
  bus.addEventListener('x', count, { once: true });
  bus.dispatchEvent(new Event('x'));
  bus.dispatchEvent(new Event('x'));
  equal(calls, 2);
});

target('a comment asks for the registration or the trigger', async () => {
  setLocal(user, 'ada');
  const bus = new EventTarget();
  const found: string[] = [];
  // throughline: registration
  bus.addEventListener('x', () => found.push(read()));
  // throughline: trigger
  bus.addEventListener('x', () => found.push(read()));
  setLocal(user, 'bob');
  bus.dispatchEvent(new Event('x'));
  await inTurn(() => bus.dispatchEvent(new Event('x')));
  equal(found, ['ada', 'bob', 'ada', 'nobody']);
});

target('what one listener sets the next does not see', async () => {
  setLocal(user, 'ada');
  const bus = new EventTarget();
  const found: string[] = [];
  bus.addEventListener('x', () => {
    setLocal(user, 'eve');
    found.push(read());
  });
  bus.addEventListener('x', () => found.push(read()));
  bus.dispatchEvent(new Event('x'));
  equal([found, read()], [['eve', 'ada'], 'ada']);
});

const abort = construct('AbortSignal', needs.abortController);

abort('a listener sees whoever aborts', async () => {
  setLocal(user, 'ada');
  const controller = new AbortController();
  const found: string[] = [];
  controller.signal.addEventListener('abort', () => found.push(read()));
  const stops = async (): Promise<void> => {
    setLocal(user, 'bob');
    await null;
    controller.abort();
  };
  await stops();
  equal([found, read()], [['bob'], 'ada']);
});

abort(
  'a handler property sees whoever aborts, and reads as it was set',
  async () => {
    setLocal(user, 'ada');
    const controller = new AbortController();
    const found: string[] = [];
    const note = (): void => void found.push(read());
    controller.signal.onabort = note;
    equal(controller.signal.onabort === note, true);
    await inTurn(() => controller.abort());
    equal(found, ['ada']);
  },
  {
    what: 'AbortSignal.onabort',
    isHere: typeof AbortSignal === 'function' && 'onabort' in AbortSignal.prototype,
  },
);

const messages = construct('MessageChannel', needs.messageChannel);

messages('a message on a port joins its sender at the handler', async () => {
  setLocal(user, 'ada');
  const { port1, port2 } = new MessageChannel();
  try {
    const found = await new Promise<unknown>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent) => resolve([data, read()]);
      port2.postMessage('hello');
    });
    equal(found, ['hello', 'ada']);
  } finally {
    port1.close();
    port2.close();
  }
});

type Ask = (callback: () => void) => unknown;
const pages: readonly (readonly [string, needs.Need, Ask])[] = [
  [
    'requestAnimationFrame',
    needs.animationFrame,
    (callback) => requestAnimationFrame(() => callback()),
  ],
  ['requestIdleCallback', needs.idleCallback, (callback) => requestIdleCallback(() => callback())],
  ['MutationObserver', needs.mutationObserver, observe],
];

function observe(callback: () => void): void {
  const watched = document.createElement('p');
  new MutationObserver(callback).observe(watched, { attributes: true });
  watched.title = 'changed';
}

for (const [name, need, ask] of pages) {
  const test = construct(name, need);

  test('the callback runs in the frame of the registration', async () => {
    setLocal(user, 'ada');
    const found = new Promise<string>((resolve) => void ask(() => resolve(read())));
    setLocal(user, 'bob');
    equal(await found, 'ada');
  });
}
