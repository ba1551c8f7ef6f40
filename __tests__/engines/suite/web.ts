import { getLocal, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import * as needs from './harness/needs';
import { call, inMicrotask, inTurn } from './harness/uncompiled';
import { add, joined, read, record, seen, user } from './slots';

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

type Listen = (source: EventTarget, listener: () => void) => void;
const listens: readonly (readonly [string, Listen])[] = [
  ['a function', (source, listener) => source.addEventListener('x', listener)],
  [
    'a function, once',
    (source, listener) => source.addEventListener('x', listener, { once: true }),
  ],
  ['an object', (source, listener) => source.addEventListener('x', { handleEvent: listener })],
];
const fire = (source: EventTarget): void => void source.dispatchEvent(new Event('x'));

for (const [name, listen] of listens) {
  /** A source whose listener was added by a strand whose user is `by`. */
  const addedBy = async (by: string, listener: () => void): Promise<EventTarget> => {
    const source = new EventTarget();
    setLocal(user, by);
    setLocal(seen, [`registered by ${by}`]);
    listen(source, listener);
    return source;
  };

  target(`${name}: a trigger inside a strand gives its frame`, async () => {
    const found: unknown[] = [];
    let source = new EventTarget();
    await addedBy('ada', () => found.push(read(), joined())).then((made) => (source = made));
    const triggers = async (): Promise<void> => {
      await null;
      setLocal(user, 'bob');
      setLocal(seen, ['triggered']);
      fire(source);
    };
    await triggers();
    equal(found, ['bob', ['triggered', 'registered by ada']]);
  });

  target(`${name}: a trigger inside a strand that set nothing gives its frame`, async () => {
    const found: unknown[] = [];
    const source = await inTurn(() => addedBy('ada', () => found.push(read())));
    await inTurn(async () => fire(source));
    equal(found, ['nobody']);
  });

  target(
    `${name}: a trigger by uncompiled code that a strand calls gives the frame of the strand`,
    async () => {
      const found: unknown[] = [];
      const source = await addedBy('ada', () => found.push(read()));
      setLocal(user, 'bob');
      call(() => fire(source));
      equal(found, ['bob']);
    },
  );

  target(`${name}: a trigger by uncompiled code gives the frame of the registration`, async () => {
    const found: unknown[] = [];
    setLocal(user, 'bob');
    const source = await addedBy('ada', () => found.push(read(), joined()));
    await inMicrotask(() => fire(source));
    equal(found, ['ada', ['registered by ada']]);
  });

  target(
    `${name}: a trigger by uncompiled code that read a record gives the frame of the registration`,
    async () => {
      const found: unknown[] = [];
      const source = await addedBy('ada', () => found.push(read()));
      await inMicrotask(() => {
        getLocal(record);
        call(() => fire(source));
      });
      equal(found, ['ada']);
    },
  );

  target(`${name}: what a listener sets is seen by nobody else`, () => {
    const found: string[] = [];
    const source = new EventTarget();
    setLocal(user, 'ada');
    listen(source, () => setLocal(user, 'eve'));
    listen(source, () => found.push(read()));
    listen(source, () => setLocal(user, 'mallory'));
    fire(source);
    equal([found, read()], [['ada'], 'ada']);
  });
}

target('a double registration stays one', () => {
  const source = new EventTarget();
  let heard = 0;
  const counts: number[] = [];
  const listener = (): void => void heard++;
  source.addEventListener('x', listener);
  source.addEventListener('x', listener);
  fire(source);
  counts.push(heard);
  source.removeEventListener('x', listener);
  fire(source);
  counts.push(heard);
  equal(counts, [1, 1]);
});

target(
  'a listener that captures is another one',
  () => {
    const source = new EventTarget();
    let heard = 0;
    const counts: number[] = [];
    const listener = (): void => void heard++;
    source.addEventListener('x', listener);
    source.addEventListener('x', listener, { capture: true });
    fire(source);
    counts.push(heard);
    source.removeEventListener('x', listener);
    fire(source);
    counts.push(heard);
    source.removeEventListener('x', listener, { capture: true });
    fire(source);
    counts.push(heard);
    equal(counts, [2, 3, 3]);
  },
  needs.captureListeners,
);

target('a listener that was used up is tied to where it is added again', async () => {
  const source = new EventTarget();
  const found: string[] = [];
  const listener = (): void => void found.push(read());
  setLocal(user, 'ada');
  source.addEventListener('x', listener, { once: true });
  await inMicrotask(() => fire(source));
  setLocal(user, 'bob');
  source.addEventListener('x', listener, { once: true });
  await inMicrotask(() => fire(source));
  equal(found, ['ada', 'bob']);
});

target(
  'a listener ends with its signal and can be added again',
  () => {
    const source = new EventTarget();
    const counts: number[] = [];
    let heard = 0;
    const listener = (): void => void heard++;
    const controller = new AbortController();
    source.addEventListener('x', listener, { signal: controller.signal });
    controller.abort();
    fire(source);
    counts.push(heard);
    source.addEventListener('x', listener);
    fire(source);
    counts.push(heard);
    equal(counts, [0, 1]);
  },
  needs.abortController,
);

interface Own extends EventTarget {
  onmessage: ((event: unknown) => void) | null;
  fire(): void;
}

/** An event target of a program's own, with a handler. Made late, since an engine may have no `EventTarget`. */
function own(): Own {
  class WithHandler extends EventTarget {
    #handler: ((event: unknown) => void) | null = null;
    get onmessage(): ((event: unknown) => void) | null {
      return this.#handler;
    }
    set onmessage(handler) {
      this.#handler = handler;
    }
    fire(): void {
      this.#handler?.({ type: 'message' });
    }
  }
  return new WithHandler();
}

const assignments: readonly (readonly [string, (source: Own, handler: () => void) => void])[] = [
  [
    'an assignment',
    (source, handler) => {
      source.onmessage = handler;
    },
  ],
  [
    'a computed name and a chain',
    (source, handler) => {
      own().onmessage = source['onmessage'] = handler;
    },
  ],
  [
    'a logical assignment',
    (source, handler) => {
      source.onmessage ??= handler;
    },
  ],
];
const handlers = construct('handler properties', needs.eventTarget);

for (const [name, assign] of assignments) {
  const assigned = async (by: string, handler: () => void): Promise<Own> => {
    const source = own();
    setLocal(user, by);
    setLocal(seen, [by]);
    assign(source, handler);
    return source;
  };

  handlers(
    `${name}: a trigger in a strand gives its frame, joined with the registration`,
    async () => {
      const found: unknown[] = [];
      const source = await assigned('ada', () => {
        found.push(read(), joined());
        setLocal(user, 'eve');
      });
      setLocal(user, 'bob');
      setLocal(seen, ['triggered']);
      source.fire();
      equal([found, read()], [['bob', ['triggered', 'ada']], 'bob']);
    },
  );

  handlers(`${name}: a trigger of the platform gives the frame of the registration`, async () => {
    const found: unknown[] = [];
    setLocal(user, 'bob');
    const source = await assigned('ada', () => {
      found.push(read(), joined());
      setLocal(user, 'eve');
    });
    await inTurn(() => source.fire());
    equal([found, await inTurn(read)], [['ada', ['ada']], 'nobody']);
  });
}

const abort = construct('AbortSignal', needs.abortController);

abort('a listener sees the strand that aborts', async () => {
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
  'a handler property reads as it was set, and sees the frame of its assignment when the platform aborts',
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
