import { credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { Client, Interceptor, ServerInterceptor, ServiceError } from '@grpc/grpc-js';
import {
  clientInterceptor,
  extractIds,
  invoke,
  serverInterceptor,
} from '@throughline/runtime/grpc';
import { encodeReport } from '@throughline/runtime/report';
import { decodeReport } from '../harness/decode-report';
import {
  getEventId,
  getTaskId,
  log,
  setEventId,
  setTaskId,
  startTask,
} from '@throughline/runtime/xtrace';
import type { Report } from '@throughline/runtime/xtrace';
import { Echo } from '../harness/echo-service';
import type { EchoClient, EchoHandler } from '../harness/echo-service';
import { run } from '../harness/instrument';
import { takeReports } from '../harness/reports';

let logged: Report[] = [];
const events = (): Report[] => (logged = [...logged, ...takeReports()]);
let closers: (() => void)[] = [];
beforeEach(() => {
  events();
  logged = [];
});
afterEach(() => {
  for (const close of closers) close();
  closers = [];
});

const one = (label: string): Report => {
  const found = events().filter((report) => report.label === label);
  if (found.length !== 1) throw new Error(`${found.length} events "${label}"`);
  return found[0]!;
};
/** Labels of an event's parents; the id of one that was not logged here. */
const parents = (label: string): string[] => {
  const all = events();
  return one(label)
    .parentEventIds.map((id) => all.find(({ eventId }) => eventId === id)?.label ?? id)
    .sort();
};
const lower = (taskId: string): string => taskId.slice(-16);
const decimal = (id: string): string => BigInt(`0x${lower(id)}`).toString();

/** Serves `echo`; resolves to its address. */
function serve(
  handler: EchoHandler,
  interceptors: ServerInterceptor[] = [serverInterceptor],
): Promise<string> {
  const server = new Server({ interceptors });
  server.addService(Echo.service, { echo: handler });
  closers.push(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(`127.0.0.1:${port}`);
    });
  });
}
function clientOf(address: string, interceptors: Interceptor[] = [clientInterceptor]): EchoClient {
  const client = new Echo(address, credentials.createInsecure(), { interceptors });
  closers.push(() => client.close());
  return client as unknown as EchoClient;
}

/**
 * Programs that the plugin has compiled: what a user writes. Each is called from here, that is from
 * outside of every strand, and starts a task of its own.
 */
const programs = run(`
  import { getEventId, getTaskId, log, setEventId, setTaskId, startTask } from '@throughline/runtime/xtrace';

  const call = (client, text, metadata) =>
    new Promise((resolve, reject) => {
      const done = (error, answer) => {
        log(error ? 'callback: ' + error.code : 'callback ' + text);
        if (error) reject(error);
        else resolve(answer.text);
      };
      if (metadata) client.echo({ text }, metadata, done);
      else client.echo({ text }, done);
    });

  export async function callOnce(client, text, metadata) {
    const task = startTask();
    log('before ' + text);
    const answer = await call(client, text, metadata);
    log('after ' + text);
    return { task, answer };
  }

  export async function callThatFails(client, text) {
    const task = startTask();
    log('before');
    try {
      await call(client, text);
    } catch (error) {
      log('caught');
      return { task, error };
    }
  }

  export async function callAfterAFork(client, branches) {
    const task = startTask();
    log('start');
    await Promise.all(branches.map(async (name) => { await null; log(name); }));
    await call(client, 'x');
    log('end');
    return task;
  }

  export async function callBeforeAnyEvent(client) {
    const task = startTask();
    await call(client, 'x');
    return task;
  }

  export async function callTwiceAtOnce(client) {
    const task = startTask();
    log('start');
    await Promise.all([call(client, 'a'), call(client, 'b')]);
    log('end');
    return task;
  }

  export async function callInTask(client, task, event) {
    setTaskId(task);
    if (event) setEventId(event);
    log('before');
    await call(client, 'x');
    log('after');
  }

  export async function invokeOnce(invoke, client, metadata) {
    const task = startTask();
    log('before');
    const answer = await invoke(client, 'echo', { text: 'x' }, metadata && { metadata });
    log('after');
    return { task, answer: answer.text, last: getEventId() };
  }

  export async function invokeThatFails(invoke, client) {
    startTask();
    log('before');
    try {
      await invoke(client, 'echo', { text: 'x' });
    } catch (error) {
      log('caught');
      return error;
    }
  }

  export const handler = async (request, respond) => {
    log('handle ' + request.request.text);
    await null;
    log('answer ' + request.request.text);
    respond(null, { text: getTaskId() });
  };

  export const slowHandler = (arrived) => async (request, respond) => {
    const { text } = request.request;
    log('handle ' + text);
    await arrived(text);
    log('middle ' + text);
    await null;
    log('answer ' + text);
    respond(null, { text: getTaskId() });
  };

  export const failingHandler = async (request, respond) => {
    await null;
    log('fail');
    respond({ code: 9, details: 'not now' });
  };

  export const silentHandler = (request, respond) => respond(null, { text: 'silent' });

  export const forkingHandler = async (request, respond) => {
    log('handle');
    await Promise.all(['left', 'right'].map(async (name) => { await null; log(name); }));
    respond(null, { text: 'forked' });
  };

  export const timerHandler = (request, respond) => {
    log('handle');
    setTimeout(() => {
      log('later');
      respond(null, { text: 'later' });
    }, 1);
  };

  export const handlerThatCalls = (next) => async (request, respond) => {
    log('handle first');
    const text = await call(next, 'second');
    log('answer first');
    respond(null, { text });
  };

  export const extracting = (extractIds) => async (request, respond) => {
    let problem = '';
    try {
      extractIds(request.metadata);
    } catch (error) {
      problem = error.code + ' ' + error.message;
    }
    log('handle');
    await null;
    log('answer');
    respond(null, { text: problem });
  };
`) as unknown as {
  callOnce(c: EchoClient, text: string, m?: Metadata): Promise<{ task: string; answer: string }>;
  callThatFails(c: EchoClient, text: string): Promise<{ task: string; error: ServiceError }>;
  callAfterAFork(c: EchoClient, branches: string[]): Promise<string>;
  callBeforeAnyEvent(c: EchoClient): Promise<string>;
  callTwiceAtOnce(c: EchoClient): Promise<string>;
  callInTask(c: EchoClient, task: string, event?: string): Promise<void>;
  invokeOnce(
    fn: typeof invoke,
    c: EchoClient,
    m?: Metadata,
  ): Promise<{ task: string; answer: string; last: string }>;
  invokeThatFails(fn: typeof invoke, c: EchoClient): Promise<ServiceError>;
  handlerThatCalls(next: EchoClient): EchoHandler;
  slowHandler(arrived: (text: string) => Promise<void>): EchoHandler;
  extracting(fn: typeof extractIds): EchoHandler;
} & Record<
  'handler' | 'failingHandler' | 'silentHandler' | 'forkingHandler' | 'timerHandler',
  EchoHandler
>;

/** A handler that remembers what came with the request, before anything reads it. */
function recording(handler: EchoHandler): { seen: Metadata[]; handler: EchoHandler } {
  const seen: Metadata[] = [];
  return {
    seen,
    handler: (call, respond) => {
      seen.push(call.metadata);
      handler(call, respond);
    },
  };
}
/** Calls without the interceptor, with metadata as a foreign client would send it. */
function plainCall(
  address: string,
  entries: readonly (readonly [string, string])[] = [],
): Promise<{ text: string; trailer: Metadata }> {
  const metadata = new Metadata();
  for (const [key, value] of entries) metadata.add(key, value);
  return new Promise((resolve, reject) => {
    let text = '';
    clientOf(address, [])
      .echo({ text: 'x' }, metadata, (error, answer) => {
        if (error) reject(error);
        else text = answer!.text;
      })
      .on('status', ({ metadata: trailer }: { metadata: Metadata }) => resolve({ text, trailer }));
  });
}

describe('a request', () => {
  test('carries the task and the latest event in decimal', async () => {
    const { seen, handler } = recording(programs.handler);
    const { task } = await programs.callOnce(clientOf(await serve(handler)), 'x');

    expect(seen[0]!.get('xtrace_task_id')).toEqual([decimal(task)]);
    expect(seen[0]!.get('xtrace_event_id')).toEqual([decimal(one('before x').eventId)]);
    expect(decimal(task)).toMatch(/^\d{1,19}$/);
    expect(BigInt(decimal(task)) < 2n ** 63n).toBe(true);
  });

  test('makes the handler’s first event come after the caller’s last', async () => {
    await programs.callOnce(clientOf(await serve(programs.handler)), 'x');

    expect(parents('handle x')).toEqual(['before x']);
    expect(parents('answer x')).toEqual(['handle x']);
    expect(new Set(events().map(({ taskId }) => lower(taskId))).size).toBe(1);
  });

  test('brings the callee’s last event back: the caller’s next one comes after it', async () => {
    await programs.callOnce(clientOf(await serve(programs.handler)), 'x');

    expect(parents('callback x')).toEqual(['answer x']);
    expect(parents('after x')).toEqual(['callback x']);
  });

  test('keeps the caller’s own metadata, and leaves that object as it was', async () => {
    const { seen, handler } = recording(programs.handler);
    const metadata = new Metadata();
    metadata.set('authorization', 'Bearer x');
    metadata.add('many', '1');
    metadata.add('many', '2');
    metadata.set('data-bin', Buffer.of(0, 255));
    const before = metadata.clone();
    await programs.callOnce(clientOf(await serve(handler)), 'x', metadata);

    expect(seen[0]!.get('authorization')).toEqual(['Bearer x']);
    expect(seen[0]!.get('many')).toEqual(['1, 2']);
    expect(seen[0]!.get('data-bin')).toEqual([Buffer.of(0, 255)]);
    expect(metadata.getMap()).toEqual(before.getMap());
    expect(metadata.get('xtrace_task_id')).toEqual([]);
  });

  test('replaces ids of another task that the metadata still had', async () => {
    const { seen, handler } = recording(programs.handler);
    const metadata = new Metadata();
    metadata.set('xtrace_task_id', '1');
    metadata.set('xtrace_event_id', '2');
    const { task } = await programs.callOnce(clientOf(await serve(handler)), 'x', metadata);

    expect(seen[0]!.get('xtrace_task_id')).toEqual([decimal(task)]);
    expect(seen[0]!.get('xtrace_event_id')).toEqual([decimal(one('before x').eventId)]);
  });

  test('carries several latest events, and all are parents', async () => {
    await programs.callAfterAFork(clientOf(await serve(programs.handler)), ['a', 'b', 'c']);

    expect(parents('handle x')).toEqual(['a', 'b', 'c']);
    expect(parents('end')).toEqual(['callback x']);
    expect(parents('callback x')).toEqual(['answer x']);
  });

  test('carries 64 latest events', async () => {
    const branches = Array.from({ length: 64 }, (_, i) => `b${i}`);
    await programs.callAfterAFork(clientOf(await serve(programs.handler)), branches);

    expect(parents('handle x')).toHaveLength(64);
  });

  test('carries a task that has no event yet', async () => {
    const task = await programs.callBeforeAnyEvent(clientOf(await serve(programs.handler)));

    expect(lower(one('handle x').taskId)).toBe(lower(task));
    expect(parents('handle x')).toEqual([]);
    expect(parents('callback x')).toEqual(['answer x']);
  });

  test('to a callee that logs nothing changes nothing', async () => {
    await programs.callOnce(clientOf(await serve(programs.silentHandler)), 'x');

    expect(parents('callback x')).toEqual(['before x']);
  });

  test('to a callee that forks brings all of its last events back', async () => {
    await programs.callOnce(clientOf(await serve(programs.forkingHandler)), 'x');

    expect(parents('callback x')).toEqual(['left', 'right']);
  });

  test('that is answered in a timer brings the timer’s event back', async () => {
    await programs.callOnce(clientOf(await serve(programs.timerHandler)), 'x');

    expect(parents('later')).toEqual(['handle']);
    expect(parents('callback x')).toEqual(['later']);
  });

  test('that fails brings the callee’s last event back too', async () => {
    const { error } = await programs.callThatFails(
      ...([clientOf(await serve(programs.failingHandler)), 'x'] as const),
    );

    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'not now' });
    expect(parents('fail')).toEqual(['before']);
    expect(parents('callback: 9')).toEqual(['fail']);
    expect(parents('caught')).toEqual(['callback: 9']);
  });

  test('that reaches nobody fails as it would without tracing', async () => {
    const { error } = await programs.callThatFails(clientOf('127.0.0.1:1'), 'x');

    expect(error.code).toBe(status.UNAVAILABLE);
    expect(parents('callback: 14')).toEqual(['before']);
    expect(parents('caught')).toEqual(['callback: 14']);
  });

  test('to a method that is not there fails as it would without tracing', async () => {
    const server = new Server({ interceptors: [serverInterceptor] });
    closers.push(() => server.forceShutdown());
    const port = await new Promise<number>((resolve) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) =>
        resolve(bound),
      );
    });
    const { error } = await programs.callThatFails(clientOf(`127.0.0.1:${port}`), 'x');

    expect(error.code).toBe(status.UNIMPLEMENTED);
    expect(parents('caught')).toEqual(['callback: 12']);
  });

  test('through two services is one chain', async () => {
    const second = clientOf(await serve(programs.handler));
    const first = clientOf(await serve(programs.handlerThatCalls(second)));
    await programs.callOnce(first, 'first');

    expect(events().map(({ label }) => [label, ...parents(label)])).toEqual([
      ['before first'],
      ['handle first', 'before first'],
      ['handle second', 'handle first'],
      ['answer second', 'handle second'],
      ['callback second', 'answer second'],
      ['answer first', 'callback second'],
      ['callback first', 'answer first'],
      ['after first', 'callback first'],
    ]);
    expect(new Set(events().map(({ taskId }) => lower(taskId))).size).toBe(1);
  });

  test('of two at once joins both, and only where both are awaited', async () => {
    await programs.callTwiceAtOnce(clientOf(await serve(programs.handler)));

    for (const text of ['a', 'b']) {
      expect(parents(`handle ${text}`)).toEqual(['start']);
      expect(parents(`callback ${text}`)).toEqual([`answer ${text}`]);
    }
    expect(parents('end')).toEqual(['callback a', 'callback b']);
  });
});

describe('tasks stay apart', () => {
  test('two requests that are handled at once never mix', async () => {
    const waiting = new Map<string, () => void>();
    const both = (text: string): Promise<void> =>
      new Promise((resolve) => {
        waiting.set(text, resolve);
        if (waiting.size === 2) for (const go of [...waiting.values()].reverse()) go();
      });
    const client = clientOf(await serve(programs.slowHandler(both)));
    const [a, b] = await Promise.all([
      programs.callOnce(client, 'a'),
      programs.callOnce(client, 'b'),
    ]);

    expect(a.task).not.toBe(b.task);
    for (const [text, { task, answer }] of [['a', a] as const, ['b', b] as const]) {
      expect(lower(answer)).toBe(lower(task));
      const chain = ['before', 'handle', 'middle', 'answer', 'callback', 'after'];
      chain.forEach((step, i) => {
        expect(lower(one(`${step} ${text}`).taskId)).toBe(lower(task));
        expect(parents(`${step} ${text}`)).toEqual(i === 0 ? [] : [`${chain[i - 1]!} ${text}`]);
      });
    }
  });

  test('50 requests at once never mix', async () => {
    const client = clientOf(await serve(programs.handler));
    const texts = Array.from({ length: 50 }, (_, i) => String(i));
    const answers = await Promise.all(texts.map((text) => programs.callOnce(client, text)));

    for (const [i, { task, answer }] of answers.entries()) {
      expect(lower(answer)).toBe(lower(task));
      expect(parents(`handle ${i}`)).toEqual([`before ${i}`]);
      expect(parents(`after ${i}`)).toEqual([`callback ${i}`]);
    }
  });

  test('a request leaves no task behind for code that runs next', async () => {
    const outside = getTaskId();
    await programs.callOnce(clientOf(await serve(programs.handler)), 'x');

    expect(getTaskId()).toBe(outside);
    expect(getEventId()).toBeUndefined();
  });

  test('requests without ids have a task each, and tell the caller nothing but their own', async () => {
    const address = await serve(programs.handler);
    const [first, second] = [await plainCall(address), await plainCall(address)];

    expect(first.text).not.toBe(second.text);
    expect(events().filter(({ label }) => label === 'handle x')).toMatchObject([
      { taskId: first.text, parentEventIds: [] },
      { taskId: second.text, parentEventIds: [] },
    ]);
    expect(first.trailer.get('xtrace_task_id')).toEqual([decimal(first.text)]);
  });

  test.each([
    [
      'no number',
      [
        ['xtrace_task_id', 'abc'],
        ['xtrace_event_id', '1'],
      ],
    ],
    [
      'hex',
      [
        ['xtrace_task_id', '00000000000000ff'],
        ['xtrace_event_id', 'ff'],
      ],
    ],
    [
      'an event that is no number',
      [
        ['xtrace_task_id', '5'],
        ['xtrace_event_id', '1x'],
      ],
    ],
    [
      'too large',
      [
        ['xtrace_task_id', '18446744073709551616'],
        ['xtrace_event_id', '1'],
      ],
    ],
    [
      'too small',
      [
        ['xtrace_task_id', '-9223372036854775809'],
        ['xtrace_event_id', '1'],
      ],
    ],
    [
      'a fraction',
      [
        ['xtrace_task_id', '1.5'],
        ['xtrace_event_id', '1'],
      ],
    ],
    [
      'without digits',
      [
        ['xtrace_task_id', ''],
        ['xtrace_event_id', '1'],
      ],
    ],
    ['only an event', [['xtrace_event_id', '1']]],
  ] as [string, [string, string][]][])(
    'ids that cannot be read (%s) make a task of its own, with nothing of theirs',
    async (_, entries) => {
      const { text } = await plainCall(await serve(programs.handler), entries);

      expect(one('handle x')).toMatchObject({ taskId: text, parentEventIds: [] });
      expect([lower(text), text]).not.toContain('0000000000000005');
    },
  );

  test('an answer of another task is not joined as a parent', async () => {
    const server = await serve((_call, respond) => {
      const trailer = new Metadata();
      trailer.set('xtrace_task_id', '77');
      trailer.set('xtrace_event_id', '78');
      respond(null, { text: 'x' }, trailer);
    }, []);
    const { task } = await programs.callOnce(clientOf(server), 'x');

    expect(one('callback x').taskId).toBe(task);
    expect(parents('callback x')).toEqual(['before x']);
  });

  test.each([[[]], [[['xtrace_task_id', 'x']]], [[['xtrace_event_id', '1']]]] as [
    string,
    string,
  ][][][])('an answer whose ids cannot be read (%j) changes nothing', async (entries) => {
    const server = await serve((_call, respond) => {
      const trailer = new Metadata();
      for (const [key, value] of entries) trailer.add(key, value);
      respond(null, { text: 'x' }, trailer);
    }, []);
    await programs.callOnce(clientOf(server), 'x');

    expect(parents('callback x')).toEqual(['before x']);
  });

  test('a trailer of the handler’s own is kept beside the ids', async () => {
    const address = await serve((_call, respond) => {
      const trailer = new Metadata();
      trailer.set('own', 'kept');
      respond(null, { text: 'x' }, trailer);
    });
    const { trailer } = await plainCall(address);

    expect(trailer.get('own')).toEqual(['kept']);
    expect(trailer.get('xtrace_task_id')).toHaveLength(1);
  });
});

describe('ids of other systems', () => {
  test.each([
    ['signed', '-1', '-2'],
    ['unsigned', '18446744073709551615', '18446744073709551614'],
  ])('all 64 bits are read, %s', async (_, task, event) => {
    const address = await serve(programs.handler);
    await plainCall(address, [
      ['xtrace_task_id', task],
      ['xtrace_event_id', event],
    ]);

    expect(one('handle x')).toMatchObject({
      taskId: 'f'.repeat(16).padStart(32, '0'),
      parentEventIds: ['fffffffffffffffe'],
    });
  });

  test('of a task that is named twice the last one counts', async () => {
    await plainCall(await serve(programs.handler), [
      ['xtrace_task_id', '1'],
      ['xtrace_task_id', '2'],
      ['xtrace_event_id', '3'],
    ]);

    expect(one('handle x')).toMatchObject({
      taskId: '2'.padStart(32, '0'),
      parentEventIds: ['3'.padStart(16, '0')],
    });
  });

  const reported = (label: string): string => decodeReport(encodeReport(one(label))).taskId;

  test('a task born with 64 bits is one task for the collector, over two hops', async () => {
    const second = clientOf(await serve(programs.handler));
    const address = await serve(programs.handlerThatCalls(second));
    await plainCall(address, [
      ['xtrace_task_id', '-6148914691236517206'],
      ['xtrace_event_id', '3'],
    ]);

    expect(reported('handle first')).toBe('aaaaaaaaaaaaaaaa');
    expect(reported('handle second')).toBe(reported('handle first'));
    expect(reported('callback second')).toBe(reported('handle first'));
    expect(parents('callback second')).toEqual(['answer second']);
  });

  test('a task of 128 bits that was set is one task for the collector, over a hop', async () => {
    const client = clientOf(await serve(programs.handler));
    await programs.callInTask(client, '0af7651916cd43ddf448eb211c80319c', '00000000000000ff');

    // The collector knows that the half belongs to the whole.
    expect(reported('handle x')).toBe(lower(reported('before')));
    expect(reported('after')).toBe(reported('before'));
    expect(parents('after')).toEqual(['callback x']);
    expect(parents('callback x')).toEqual(['answer x']);
  });

  test('a task whose 64th bit is clear keeps its upper half at the caller', async () => {
    const client = clientOf(await serve(programs.handler));
    await programs.callInTask(client, '0af7651916cd43dd7448eb211c80319c');

    expect(one('after').taskId).toBe('0af7651916cd43dd7448eb211c80319c');
    expect(parents('callback x')).toEqual(['answer x']);
  });
});

describe('invoke', () => {
  test('hands on the ids, keeps the metadata, and joins the answer', async () => {
    const { seen, handler } = recording(programs.handler);
    const metadata = new Metadata();
    metadata.set('own', 'kept');
    const client = clientOf(await serve(handler), []);
    const { task, answer } = await programs.invokeOnce(invoke, client, metadata);

    expect(lower(answer)).toBe(lower(task));
    expect(seen[0]!.get('own')).toEqual(['kept']);
    expect(metadata.get('xtrace_task_id')).toEqual([]);
    expect(parents('handle x')).toEqual(['before']);
    expect(parents('after')).toEqual(['answer x']);
  });

  test('rejects with the error of the call, and joins what came before it', async () => {
    const client = clientOf(await serve(programs.failingHandler), []);
    const error = await programs.invokeThatFails(invoke, client);

    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'not now' });
    expect(parents('caught')).toEqual(['fail']);
  });

  test('rejects when nobody answers', async () => {
    const error = await programs.invokeThatFails(invoke, clientOf('127.0.0.1:1', []));

    expect(error.code).toBe(status.UNAVAILABLE);
    expect(parents('caught')).toEqual(['before']);
  });

  test('passes call options on', async () => {
    const client = clientOf(await serve(() => {}), []);

    await expect(
      invoke(client as unknown as Client, 'echo', { text: 'x' }, { deadline: Date.now() + 20 }),
    ).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });

  test('names the methods there are when there is none of that name', async () => {
    const client = clientOf(await serve(programs.handler), []) as unknown as Client;

    await expect(invoke(client, 'nonsense', {})).rejects.toThrow(
      /no method "nonsense".*echo.*\(TL_METHOD_UNKNOWN\)$/i,
    );
  });

  test('works with the interceptor as well', async () => {
    const client = clientOf(await serve(programs.handler));
    await programs.invokeOnce(invoke, client);

    expect(parents('handle x')).toEqual(['before']);
    expect(parents('after')).toEqual(['answer x']);
  });
});

describe('extractIds', () => {
  const metadataOf = (entries: readonly (readonly [string, string])[]): Metadata => {
    const metadata = new Metadata();
    for (const [key, value] of entries) metadata.add(key, value);
    return metadata;
  };
  const TASK = 'xtrace_task_id';
  const EVENT = 'xtrace_event_id';

  test('puts a handler into the caller’s task', async () => {
    const handler = programs.extracting(extractIds);
    const client = clientOf(await serve(handler, []));
    const { task, answer } = await programs.callOnce(client, 'x');

    expect(answer).toBe('');
    expect(lower(one('handle').taskId)).toBe(lower(task));
    expect(parents('handle')).toEqual(['before x']);
    expect(parents('answer')).toEqual(['handle']);
  });

  test('says what is wrong, and the handler goes on', async () => {
    const address = await serve(programs.extracting(extractIds), []);
    const { text } = await plainCall(address, [[TASK, '5']]);

    expect(text).toBe('TL_METADATA_MISSING no Event ID found in metadata (TL_METADATA_MISSING)');
    expect(one('handle').taskId).not.toBe('5'.padStart(32, '0'));
  });

  const good = [
    ['5', '7', 5n, 7n],
    ['0005', '007', 5n, 7n],
    ['9223372036854775807', '1', 2n ** 63n - 1n, 1n],
    ['-1', '-2', 2n ** 64n - 1n, 2n ** 64n - 2n],
    ['18446744073709551615', '18446744073709551614', 2n ** 64n - 1n, 2n ** 64n - 2n],
  ] as const;
  test.each(good)('reads the decimals %s and %s', (task, event, taskId, eventId) => {
    extractIds(
      metadataOf([
        [TASK, task],
        [EVENT, event],
      ]),
    );

    expect(getTaskId()).toBe(taskId.toString(16).padStart(32, '0'));
    expect(getEventId()).toBe(eventId.toString(16).padStart(16, '0'));
  });

  const bad: [string, [string, string][] | undefined, string, RegExp][] = [
    ['no metadata', undefined, 'TL_METADATA_MISSING', /^no metadata found in context /],
    // As in the Go client the event is looked for first.
    ['nothing of ours', [['own', 'x']], 'TL_METADATA_MISSING', /^no Event ID found in metadata /],
    ['no event', [[TASK, '5']], 'TL_METADATA_MISSING', /^no Event ID found in metadata /],
    ['no task', [[EVENT, '5']], 'TL_METADATA_MISSING', /^no Task ID found in metadata /],
    [
      'an event that is no number',
      [
        [TASK, '5'],
        [EVENT, 'x'],
      ],
      'TL_METADATA_MALFORMED',
      /^malformed metadata: .*xtrace_event_id.*"x"/,
    ],
    [
      'a task that is no number',
      [
        [TASK, '12 '],
        [EVENT, '5'],
      ],
      'TL_METADATA_MALFORMED',
      /^malformed metadata: .*xtrace_task_id.*"12 ?"/,
    ],
    [
      'a task of too many bits',
      [
        [TASK, '18446744073709551616'],
        [EVENT, '5'],
      ],
      'TL_METADATA_MALFORMED',
      /^malformed metadata: .*xtrace_task_id.*"18446744073709551616"/,
    ],
    [
      'an event that is no number, and no task',
      [[EVENT, 'x']],
      'TL_METADATA_MALFORMED',
      /^malformed metadata: .*xtrace_event_id.*"x"/,
    ],
  ];
  test.each(bad)('sets neither id when there is %s', (_, entries, code, message) => {
    setTaskId('00000000000000aa');
    setEventId('00000000000000bb');
    let error: (Error & { code?: string }) | undefined;
    try {
      extractIds(entries && metadataOf(entries));
    } catch (thrown) {
      error = thrown as Error;
    }

    expect(error?.message).toMatch(message);
    expect(error?.code).toBe(code);
    expect([getTaskId(), getEventId()]).toEqual(['aa'.padStart(32, '0'), 'bb'.padStart(16, '0')]);
  });

  test('what it sets is where the next event goes', () => {
    startTask();
    log('other');
    extractIds(
      metadataOf([
        [TASK, '5'],
        [EVENT, '7'],
      ]),
    );
    log('next');

    expect(one('next')).toMatchObject({
      taskId: '5'.padStart(32, '0'),
      parentEventIds: ['7'.padStart(16, '0')],
    });
  });
});
