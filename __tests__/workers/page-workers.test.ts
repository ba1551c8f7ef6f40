import { hasChromium, shownBy } from './page';

jest.setTimeout(90_000);
const it = hasChromium ? test : test.skip;

const IMPORTS = `
  import { print } from './print.js';
  import { be, noted, who } from './slots.mjs';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const over = () => pause(0).then(() => print('over'));`;
/** The same without slots. */
const PLAIN = `
  import { print } from './print.js';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const over = () => pause(0).then(() => print('over'));`;
const NEW_WORKER = `new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`;
const annAnd = (creator: string, worker: string): Record<string, string> => ({
  'main.js': `${IMPORTS}
    (async () => { be('Ann'); const worker = ${NEW_WORKER}; ${creator} })();`,
  'worker.js': `${IMPORTS} ${worker}`,
});
const SEND = `const send = async (name, message = name) => { be(name); worker.postMessage(message); };`;

describe('workers: "instrumented"', () => {
  const options = { workers: 'instrumented' } as const;

  it('slots cross from the first message on, and to the start', async () => {
    const files = annAnd(
      `${SEND} worker.onmessage = ({ data }) => { print(['main', data, who()]); over(); };
       send('Bob'); send('Cid');`,
      `setTimeout(() => print(['timer', who()]), 20);
       onmessage = async ({ data }) => {
         print(['worker', data, who(), noted()]);
         if (data === 'Cid') { await pause(50); be('Dan'); postMessage('from Dan'); }
       };`,
    );

    expect(await shownBy(files, options)).toEqual([
      ['worker', 'Bob', 'Bob', 'none'],
      ['worker', 'Cid', 'Cid', 'none'],
      ['timer', 'Ann'],
      ['main', 'from Dan', 'Dan'],
    ]);
  });

  it.each([
    ['addEventListener', `addEventListener('message', ({ data }) => heard(data))`],
    ['self.addEventListener', `self.addEventListener('message', ({ data }) => heard(data))`],
    ['self.onmessage', `self.onmessage = ({ data }) => heard(data)`],
    ['onmessage', `onmessage = ({ data }) => heard(data)`],
    ['capture', `self.addEventListener('message', ({ data }) => heard(data), true)`],
    ['an object', `addEventListener('message', { handleEvent: ({ data }) => heard(data) })`],
    ['once', `addEventListener('message', ({ data }) => heard(data), { once: true })`],
  ])('heard by %s', async (_, listen) => {
    const files = annAnd(
      `${SEND} worker.addEventListener('message', ({ data }) => { print(data); over(); });
       send('Bob', { a: 1 });`,
      `const heard = (data) => self.postMessage([data, who()]); ${listen}`,
    );

    expect(await shownBy(files, options)).toEqual([[{ a: 1 }, 'Bob']]);
  });

  it('code that is not compiled hears and posts what it would', async () => {
    const files = {
      ...annAnd(
        `const { use } = await import('./plain-use.js'); use(worker); worker.postMessage({ a: 1 });`,
        `import { listen } from './plain-listen.js'; listen();
         addEventListener('message', ({ data }) => { be('Bob'); if (data !== 'end') postMessage(data); });`,
      ),
      'plain-use.js': `${PLAIN}
        export const use = (worker) => {
          const heard = (how) => ({ data, ports, isTrusted, type }) => print([how, data, ports.length, isTrusted, type]);
          worker.addEventListener('message', heard('target'));
          worker.addEventListener('message', heard('capture'), true);
          worker.onmessage = ({ data }) => { if (data === 'end of it') over(); else worker.postMessage('end of it'); };
        };`,
      'plain-listen.js': `${PLAIN}
        export const listen = () => {
          self.addEventListener('message', ({ data, ports }) => print(['in worker', data, ports.length]));
          self.addEventListener('message', ({ data }) => print(['in worker, capture', data]), true);
        };`,
    };
    const native = await shownBy(files, { compile: false });
    const ours = await shownBy(files, options);

    expect(sorted(ours)).toEqual(sorted(native));
  });
});

describe('workers: "handshake"', () => {
  it('slots cross once a worker of that file has said that it is compiled', async () => {
    const files = annAnd(
      `${SEND} worker.onmessage = ({ data }) => { print(data); if (data[0] === 'third') over(); };
       send('Bob', 'first');
       await pause(500);
       send('Cid', 'second');
       const next = ${NEW_WORKER};
       next.onmessage = ({ data }) => { print(['next', ...data]); send('Dan', 'third'); };
       (async () => { be('Eve'); next.postMessage('hello'); })();`,
      `onmessage = ({ data }) => postMessage([data, who()]);`,
    );
    const shown = (await shownBy(files)) as [string, string][];

    expect(shown.map(([data]) => data)).toEqual(['first', 'second', 'next', 'third']);
    expect(shown.slice(1)).toEqual([
      ['second', 'Cid'],
      ['next', 'hello', 'Eve'],
      ['third', 'Dan'],
    ]);
  });

  it('from the worker to the page', async () => {
    const files = annAnd(
      `worker.onmessage = ({ data }) => { print([data, who()]); over(); };`,
      `setTimeout(async () => { be('Bob'); postMessage('hello'); }, 500);`,
    );

    expect(await shownBy(files)).toEqual([['hello', 'Bob']]);
  });

  it('a port that goes to the worker', async () => {
    const files = annAnd(
      `await pause(500);
       const { port1, port2 } = new MessageChannel();
       port1.onmessage = ({ data }) => { print(['main', data, who()]); over(); };
       worker.postMessage({ port: port2 }, [port2]);
       await pause(200);
       be('Bob');
       port1.postMessage('hello');`,
      `onmessage = ({ data: { port } }) => {
         port.onmessage = ({ data }) => { print(['worker', data, who()]); be('Cid'); port.postMessage('re'); };
       };`,
    );

    expect(await shownBy(files)).toEqual([
      ['worker', 'hello', 'Bob'],
      ['main', 're', 'Cid'],
    ]);
  });
});

/** What a listener is given. */
const RECORD = `
  const record = (target, name) => {
    const heard = (how) => (event) => print([
      name, how, event.data === undefined ? 'undefined' : event.data, event.ports.length,
      event.constructor.name, event.isTrusted, Object.keys(event), event.target === event.currentTarget,
    ]);
    target.addEventListener('message', heard('target'));
    target.addEventListener('message', heard('capture'), true);
    target.addEventListener('messageerror', heard('error'));
  };`;
/** Code that is compiled, and uses slots or not. */
const TALK = `
  await pause(300);
  worker.postMessage({ a: [1, undefined], b: new Map([[1, 2]]) });
  worker.postMessage(undefined);
  try { worker.postMessage(() => {}); } catch ({ name, message }) { print([name, message]); }
  try { worker.postMessage(new ArrayBuffer(1), [1]); } catch ({ name, message }) { print([name, message]); }
  const buffer = new ArrayBuffer(8);
  worker.postMessage(buffer, [buffer]);
  print(buffer.byteLength);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => { print(['port1', data]); };
  port1.postMessage('waits');
  worker.postMessage({ port2 }, { transfer: [port2] });
  await pause(100);
  port1.postMessage('hello');
  await pause(100);
  over();`;
const HEAR = `
  record(self, 'scope');
  self.onmessage = ({ data }) => {
    postMessage(['echo', data instanceof ArrayBuffer ? data.byteLength : data instanceof Map ? [...data] : data?.port2 ? 'port' : data]);
    if (!data?.port2) return;
    record(data.port2, 'port2');
    data.port2.start();
    data.port2.postMessage('from the worker');
  };
  postMessage('up');`;

describe.each(['handshake', 'instrumented'] as const)(
  'with "%s" a page does what it does natively',
  (workers) => {
    const same = async (files: Record<string, string>): Promise<void> => {
      const native = await shownBy(files, { compile: false });
      const ours = await shownBy(files, { workers });

      expect(native.length).toBeGreaterThan(5);
      expect(sorted(ours)).toEqual(sorted(native));
    };

    it('both sides compiled', () =>
      same({
        'main.js': `${IMPORTS} ${RECORD}
        (async () => { be('Ann'); const worker = ${NEW_WORKER}; record(worker, 'worker'); ${TALK} })();`,
        'worker.js': `${IMPORTS} ${RECORD} ${HEAR}`,
      }));

    it('only the worker compiled', () =>
      same({
        'main.js': `import './plain-main.js';`,
        'plain-main.js': `${PLAIN} ${RECORD}
        (async () => { const worker = ${NEW_WORKER}; record(worker, 'worker'); ${TALK} })();`,
        'worker.js': `${IMPORTS} ${RECORD} be('Bob'); ${HEAR}`,
      }));

    if (workers === 'handshake') {
      it('only the page compiled', () =>
        same({
          'main.js': `${IMPORTS} ${RECORD}
          (async () => {
            be('Ann');
            const worker = new Worker(new URL('./plain-worker.js', import.meta.url), { type: 'module' });
            record(worker, 'worker');
            ${TALK}
          })();`,
          'plain-worker.js': `${PLAIN} ${RECORD} ${HEAR}`,
        }));

      it('a worker from a Blob', () =>
        same({
          'main.js': `${IMPORTS} ${RECORD}
          (async () => {
            be('Ann');
            const code = ${JSON.stringify(`${RECORD.replaceAll('\n', ' ')} const print = (v) => console.log(JSON.stringify(v)); ${HEAR.replaceAll('\n', ' ')}`)};
            const worker = new Worker(URL.createObjectURL(new Blob([code])));
            record(worker, 'worker');
            ${TALK}
          })();`,
        }));
    }

    it('channels in the page', () =>
      same({
        'main.js': `${IMPORTS} ${RECORD}
        (async () => {
          be('Ann');
          const { port1, port2 } = new MessageChannel();
          record(port2, 'port2');
          port2.onmessage = ({ data }) => {
            print(['onmessage', data]);
            if (data === 'end') { port2.close(); over(); }
            if (data?.sent) { data.sent.onmessage = ({ data }) => print(['sent', data]); data.sent.postMessage('x'); }
          };
          for (const value of [1, undefined, null, { a: 1 }]) port1.postMessage(value);
          const other = new MessageChannel();
          other.port1.onmessage = ({ data }) => { print(['other', data]); other.port1.postMessage('y'); };
          port1.postMessage({ sent: other.port2 }, [other.port2]);
          await pause(100);
          structuredClone(1);
          const third = new MessageChannel();
          const { moved } = structuredClone({ moved: third.port1 }, { transfer: [third.port1] });
          moved.onmessage = ({ data }) => print(['moved', data]);
          third.port2.postMessage('to what was moved');
          await pause(100);
          window.addEventListener('message', ({ data, source }) => { print(['window', data, source === window]); });
          window.postMessage({ w: 1 }, '*');
          postMessage('own', location.origin);
          await pause(100);
          port1.postMessage('end');
        })();`,
      }));
  },
);

function sorted(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
