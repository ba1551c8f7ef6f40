import { instrument, evaluate } from '../harness/instrument';
import { plainly } from '../harness/both-ways';
import type { Options } from '../../babel-plugin/src/index';

/** Programs that must do the same with and without the plugin, and what the plugin writes into each. */
interface Program {
  readonly code: string;
  readonly writes: RegExp;
  readonly options?: Options;
}
const programs: Record<string, Record<string, Program>> = {
  'methods of members, with arguments that are no callbacks': Object.fromEntries(
    [
      ['listeners', 'on addListener once off removeListener prependListener rawListeners'],
      ['event targets', 'addEventListener removeEventListener postMessage'],
      ['promises', 'then catch finally'],
      ['steps', 'next return throw'],
      ['timers', 'refresh'],
    ].map(([title, names]) => [
      title!,
      {
        writes: /import \{/,
        code: `const own = { ${names!.replaceAll(/\w+/g, '$&(x) { return [this === own, x]; },')} };
          class Box { held = own; all() { return [${names!.replaceAll(/\w+/g, 'this.held.$&("x"), this.held.$&(),')}]; } }
          export const main = () => new Box().all();`,
      },
    ]),
  ),
  'functions as values': {
    'a function that is compared with what was passed on': {
      writes: /_asValue/,
      code: `const is = (fn) => [fn === setTimeout, setTimeout == fn, fn !== setImmediate];
        export const main = () => [is(setTimeout), is(setImmediate), is(undefined)];`,
    },
    'a switch over functions': {
      writes: /_asValue/,
      code: `const name = (fn) => { switch (fn) { case setTimeout: return 'timer'; case queueMicrotask: return 'microtask'; default: return 'other'; } };
        export const main = () => [name(setTimeout), name(queueMicrotask), name(3)];`,
    },
    'an alias that is compared with what was passed on': {
      writes: /_asValue/,
      code: `const later = setTimeout; const is = (fn) => fn === later;
        export const main = () => [is(setTimeout), is(later)];`,
    },
    'a property that is compared with what was passed on': {
      writes: /_asValue/,
      code: `const is = (options) => [options.timer === setTimeout, options.timer === globalThis.setTimeout];
        export const main = () => [is({ timer: setTimeout }), is({ timer: globalThis.setTimeout })];`,
    },
    'a key of a map, and its alias': {
      writes: /_asValue/,
      code: `const later = setTimeout; const map = new Map(); map.set(later, 1);
        export const main = () => [map.get(setTimeout), map.get(later)];`,
    },
    'a value that is compared with one that was found by name': {
      writes: /_asValue/,
      code: `import { strictEqual } from 'node:assert'; const name = 'setTimeout'; const hold = (fn) => fn;
        export const main = () => { hold(setTimeout); strictEqual(setTimeout, globalThis[name]); return Object.is(globalThis[name], setTimeout); };`,
    },
    'a list that is searched': {
      writes: /_asValue/,
      code: `const later = setTimeout;
        export const main = () => [[setTimeout].includes(setTimeout), [setTimeout].includes(later), Object.is(setTimeout, later)];`,
    },
    'a global that is saved in a variable and put back': {
      writes: /_unwrapValue/,
      code: `export function main() {
        const before = globalThis.setTimeout; let saved = globalThis.setTimeout;
        globalThis.setTimeout = () => 'fake';
        const fake = setTimeout(() => {}, 1);
        globalThis.setTimeout = saved;
        return [fake, Object.getOwnPropertyDescriptor(globalThis, 'setTimeout').value === before];
      }`,
    },
    'globals that are saved in an object and put back one by one': {
      writes: /_unwrapValue/,
      code: `export function main() {
        const before = globalThis.setTimeout; const saved = { setTimeout };
        global.setTimeout = 0; global['setTimeout'] = saved.setTimeout;
        return Object.getOwnPropertyDescriptor(globalThis, 'setTimeout').value === before;
      }`,
    },
    'globals that are put back by destructuring': {
      writes: /_asValue/,
      code: `export function main() {
        const before = globalThis.setTimeout; const saved = { setTimeout };
        try { ({ setTimeout: globalThis.setTimeout } = saved);
          return Object.getOwnPropertyDescriptor(globalThis, 'setTimeout').value === before;
        } finally { globalThis.setTimeout = before; }
      }`,
    },
    'properties, name and kind of a function that is passed on': {
      writes: /_asValue/,
      code: `const look = (fn) => [typeof fn, fn.name, fn.length, String(fn).includes('native') || String(fn).length > 0, Object.keys(fn).length, fn instanceof Function, require('util').promisify.custom in fn];
        export const main = () => [look(setTimeout), look(queueMicrotask), look(process.nextTick)];`,
    },
    'call, apply and bind': {
      writes: /_asValue/,
      code: `export const main = () => new Promise((resolve) => {
        const got = [];
        setTimeout.call(null, (...args) => got.push(args), 0, 1, 2);
        setTimeout.apply(undefined, [(...args) => got.push(args), 0, 3]);
        setTimeout.bind(null, (...args) => got.push(args))(0, 4);
        setImmediate.call(globalThis, () => setTimeout(() => resolve(got), 5));
      });`,
    },
    'what a setTimeout of its own does': {
      writes: /_asValue|^(?!.*_asValue)/s,
      code: `function setTimeout(fn) { return [typeof fn, fn === mine]; } const mine = () => {};
        const pass = (fn, x) => [fn === setTimeout, fn(x)];
        export const main = () => [setTimeout(mine), pass(setTimeout, mine)];`,
    },
    'what a parameter of that name is': {
      writes: /./,
      code: `const mine = () => {}; const f = (setTimeout) => [setTimeout(mine), [setTimeout].map((one) => one(mine))];
        export const main = () => f((fn) => fn === mine);`,
    },
    'a fallback for a function that is missing': {
      writes: /_spawn\(/,
      code: `const idle = globalThis.requestIdleCallback ?? ((fn) => fn('deadline'));
        export const main = () => { let got; idle((x) => { got = x; }); return got; };`,
    },
    'a choice that gives a function of its own': {
      writes: /_asValue/,
      code: `const pick = (own, x) => { let t; t = own ? (fn) => fn === x : setTimeout; return t(x); };
        export const main = () => pick(true, () => {});`,
    },
    'a stub that counts': {
      writes: /_asValue/,
      code: `export function main() {
        const before = globalThis.setTimeout; const calls = [];
        globalThis.setTimeout = function (...args) { calls.push([this === undefined || this === globalThis, args.length, typeof args[0], args[1]]); return 7; };
        const run = (schedule) => schedule(() => {}, 5, 'x');
        const results = [run(setTimeout), setTimeout(() => {}, 1), globalThis.setTimeout(() => {}, 2)];
        globalThis.setTimeout = before;
        return [results, calls];
      }`,
    },
    'a value that is exported': {
      writes: /_asValue/,
      code: `export default setTimeout; export const main = () => typeof exports.default;`,
    },
    'bound arguments that are functions': {
      writes: /bind/,
      code: `const callback = () => {}; function f(...args) { return [this === o, args.map((one) => one === callback)]; } const o = {};
        export const main = () => [f.bind(o, callback)(), f.bind(o, 1, callback)(callback), f?.bind(o, callback)()];`,
    },
    'a handle of a timer': {
      writes: /_asValue/,
      code: `const start = (timer) => timer(() => {}, 1000);
        export const main = () => { const handle = start(setTimeout); const t = handle.constructor.name; clearTimeout(handle); return [t, handle._destroyed]; };`,
    },
  },
  handlers: {
    'a port gives back what it was given': {
      writes: /_handlerFor/,
      code: `export function main() {
        const { port1, port2 } = new MessageChannel(); const f = () => {};
        try { const chained = (port1.onmessage = port2.onmessage = f);
        const read = [port1.onmessage === f, port2['onmessage'] === f, chained === f, port1?.onmessage === f];
        port1.onmessage = null; read.push(port1.onmessage);
        port2.onmessage = undefined; read.push(port2.onmessage);
        port2.onmessage = 3; read.push(port2.onmessage);
        return read; } finally { port1.close(); port2.close(); }
      }`,
    },
    'an abort signal': {
      writes: /_handlerFor/,
      code: `export function main() {
        const controller = new AbortController(); const { signal } = controller; const got = [];
        function f(event) { got.push([this === signal, event.type, event.target === signal, arguments.length]); }
        signal.onabort = f; got.push(signal.onabort === f, typeof signal.onabort);
        controller.abort(); return got;
      }`,
    },
    'a logical assignment': {
      writes: /./,
      code: `export function main() {
        const { signal } = new AbortController(); const f = () => {}; const g = () => {};
        const first = (signal.onabort ??= f); const second = (signal.onabort ??= g); const third = (signal.onabort &&= g);
        return [first === f, second === f, third === g, signal.onabort === g];
      }`,
    },
    'a class with an accessor of its own': {
      writes: /_handlerFor/,
      code: `export function main() {
        class Own extends EventTarget { #f; set onmessage(f) { this.#f = f; } get onmessage() { return this.#f; } run(...args) { return this.#f(...args); } }
        const own = new Own(); const f = function (...args) { return [this === own, args]; };
        own.onmessage = f;
        return [own.onmessage === f, own.run(1, 2)];
      }`,
    },
    'objects that are no targets': {
      writes: /_handlerFor/,
      code: `export function main() {
        const f = () => {}; const o = {}; o.onclick = f; o['onload'] = f;
        const set = []; const s = { set onmessage(v) { set.push(v === f); } }; s.onmessage = f;
        class T extends EventTarget {} const t = new T(); t.onclick = f;
        return [Object.values(o).map((v) => v === f), set, Object.getOwnPropertyDescriptor(t, 'onclick').value === f];
      }`,
    },
    'the order of evaluation': {
      writes: /_handlerFor/,
      code: `export function main() {
        const got = []; const say = (what, value) => { got.push(what); return value; };
        say('target', {}).onmessage = say('value', () => {});
        let o = {}; const p = o; o.onmessage = (o = { other: 1 }, () => {});
        got.push('onmessage' in p, 'onmessage' in o);
        try { null.onmessage = say('late', () => {}); } catch (error) { got.push(error.name); }
        let none; try { none.onmessage = say('later', () => {}); } catch (error) { got.push(error.name); }
        return got;
      }`,
    },
    'what else a program does with such a property': {
      writes: /_handlerOf|_handlerFor/,
      code: `export function main() {
        const o = { onerror: (x) => x * 2, onload() { return this === o; } };
        const { onerror: renamed } = o; const copy = { ...o };
        [o.onclick] = [1]; ({ a: o.onclose } = { a: 2 }); for (o.oninput of [5]);
        o.onchange = 1; o.onchange++; o.onchange += 2; delete o.onclick;
        return [o.onerror(2), o.onload(), o.onload?.(), o.onfoo?.(), typeof o.onload, renamed(4), copy.onerror(1), o.onclose, o.oninput, o.onchange, 'onclick' in o, o.onerror.call(null, 8), [o.onload].length, \`\${o.onchange}\`];
      }`,
    },
    'a handler that throws': {
      writes: /_handlerFor/,
      code: `export function main() {
        class Own extends EventTarget { set onmessage(f) { this.f = f; } get onmessage() { return this.f; } }
        const own = new Own(); own.onmessage = () => { throw new RangeError('boom'); };
        try { own.f(); } catch (error) { return [error.name, error.message]; }
      }`,
    },
  },
  'message ports as emitters': {
    'on, once and off with the function that was given': {
      writes: /_unlisten/,
      code: `export async function main() {
        const { port1, port2 } = new MessageChannel(); const got = [];
        const f = (x) => got.push(['f', x]); const g = (x) => got.push(['g', x]);
        port1.on('message', f); port1.once('message', g);
        const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
        port2.postMessage(1); await turn(); port2.postMessage(2); await turn();
        port1.off('message', f); got.push(port1.listenerCount('message')); port1.on('message', g); port2.postMessage(3); await turn();
        port1.removeListener('message', g); got.push(port1.listenerCount('message'));
        port1.close(); return got;
      }`,
    },
    'on and removeEventListener': {
      writes: /_removeListener/,
      code: `export function main() {
        const { port1 } = new MessageChannel(); const f = () => {};
        port1.on('message', f); port1.removeEventListener('message', f); const left = [port1.listenerCount('message')];
        port1.addEventListener('message', f); port1.off('message', f); left.push(port1.listenerCount('message'));
        port1.close(); return left;
      }`,
    },
    'one function both ways is one listener': {
      writes: /_addListener/,
      code: `export function main() {
        const { port1 } = new MessageChannel(); const f = () => {};
        port1.on('message', f); port1.addEventListener('message', f); port1.on('message', f); const count = port1.listenerCount('message');
        port1.close(); return count;
      }`,
    },
    'removeAllListeners and the same function again': {
      writes: /_listen/,
      code: `export async function main() {
        const { port1, port2 } = new MessageChannel(); const got = []; const f = (x) => got.push(x);
        port1.on('message', f); port1.removeAllListeners('message'); port1.on('message', f);
        port2.postMessage(1); await new Promise((resolve) => setTimeout(resolve, 5));
        port1.close(); return got;
      }`,
    },
  },
  promisify: {
    'values, receiver, arguments and errors': {
      writes: /_callPromisify/,
      code: `import { promisify } from 'node:util';
        function add(a, b, callback) { const self = this; queueMicrotask(() => (a === 'bad' ? callback(new Error('bad')) : callback(null, [self, a, b]))); }
        const adding = promisify(add);
        export const main = async () => [await adding.call('me', 1, 2).then(String), await adding('bad', 1).catch((error) => error.message), await promisify((cb) => { throw new TypeError('sync'); })().catch((error) => error.name)];`,
    },
    'how it looks': {
      writes: /_callPromisify/,
      code: `import { promisify } from 'node:util';
        function add(a, b, callback) {} add.extra = 1;
        const adding = promisify(add);
        export const main = () => [adding.name, adding.length, adding.extra, typeof adding, adding[promisify.custom] === adding, promisify(adding) === adding, Object.getPrototypeOf(adding) === Object.getPrototypeOf(add), Object.keys(adding)];`,
    },
    'a custom form': {
      writes: /_callPromisify/,
      code: `import util from 'node:util';
        const own = () => 'own'; function f() {} f[util.promisify.custom] = own;
        export const main = async () => [util.promisify(f) === own, util.promisify(f)(), util.promisify(setTimeout) === setTimeout[util.promisify.custom], await util.promisify(setTimeout)(1, 'value'), await util.promisify(setImmediate)('v')];`,
    },
    'node functions': {
      writes: /_callPromisify/,
      code: `const { promisify } = require('util'); const fs = require('fs');
        exports.main = async () => [(await promisify(fs.readFile)(process.execPath.slice(0, 0) + '/etc/hostname')).constructor.name, await promisify(fs.exists)('/etc'), await promisify(fs.stat)('/nowhere').catch((error) => error.code), Object.keys(await promisify(require('dns').lookup)('127.0.0.1')).sort(), Object.keys(await promisify(require('child_process').exec)('echo x'))];`,
    },
    'no function': {
      writes: /_callPromisify/,
      code: `import { promisify } from 'node:util';
        export const main = () => [1, null, undefined, {}].map((x) => { try { return promisify(x); } catch (error) { return error.code; } });`,
    },
    'a method of a class, and one that calls itself': {
      writes: /_callPromisify/,
      code: `import { promisify } from 'node:util';
        class A { #x = 5; get(cb) { cb(null, this.#x); } } A.prototype.later = promisify(A.prototype.get);
        const down = promisify(function (n, cb) { n === 0 ? cb(null, 'end') : down(n - 1).then((x) => cb(null, x + n)); });
        export const main = async () => [await new A().later(), await down(3)];`,
    },
    'a second call of the callback': {
      writes: /_callPromisify/,
      code: `import { promisify } from 'node:util';
        export const main = async () => [await promisify((cb) => { cb(null, 1); cb(null, 2); cb(new Error()); })(), await promisify((cb) => cb())(), await promisify((cb) => cb(0, 'zero'))()];`,
    },
  },
  'events.once and events.on': {
    'values and errors': {
      writes: /_eventOnce/,
      code: `import { once, EventEmitter } from 'node:events';
        export async function main() {
          const em = new EventEmitter(); const got = [];
          const next = (name, ...args) => queueMicrotask(() => em.emit(name, ...args));
          next('x', 1, 2); got.push(await once(em, 'x')); got.push(em.eventNames().length);
          next('error', new Error('boom')); got.push(await once(em, 'x').catch((error) => error.message)); got.push(em.eventNames().length);
          next('error', 7); got.push(await once(em, 'error'));
          const controller = new AbortController(); queueMicrotask(() => controller.abort());
          got.push(await once(em, 'x', { signal: controller.signal }).catch((error) => [error.name, error.code]), em.eventNames().length);
          got.push(await once(em, 'x', { signal: AbortSignal.abort() }).catch((error) => error.name), em.eventNames().length);
          const target = new EventTarget(); queueMicrotask(() => target.dispatchEvent(new Event('t')));
          got.push((await once(target, 't')).map((event) => [event.type, event.target === target]));
          for (const bad of [null, undefined, {}, 3]) got.push(await once(bad, 'x').catch((error) => error.code));
          return got;
        }`,
    },
    'how on walks': {
      writes: /_eventsOn/,
      code: `import { on, EventEmitter } from 'node:events';
        export async function main() {
          const em = new EventEmitter(); const got = [];
          const it = on(em, 'x'); got.push(Object.prototype.toString.call(it), it[Symbol.asyncIterator]() === it, Object.keys(it).sort());
          em.emit('x', 1); em.emit('x', 2);
          got.push(await it.next()); const three = it.next(); const four = it.next(); got.push(await three); em.emit('x', 3); got.push(await four);
          got.push(em.listenerCount('x'), em.listenerCount('error')); got.push(await it.return(), await it.next()); got.push(em.eventNames());
          const failing = on(em, 'x'); em.emit('x', 1); em.emit('error', new Error('boom'));
          try { for await (const [x] of failing) got.push(x); } catch (error) { got.push(error.message); }
          got.push(em.eventNames());
          const thrown = on(em, 'x'); try { thrown.throw(3); } catch (error) { got.push(error.code); } try { thrown.throw(new Error('own')); got.push(await thrown.next().catch((e) => e.message)); } catch (error) { got.push(error.message); }
          const controller = new AbortController(); setTimeout(() => controller.abort(), 1);
          try { for await (const x of on(em, 'x', { signal: controller.signal })); } catch (error) { got.push(error.name); }
          got.push(em.eventNames());
          const closing = on(em, 'x', { close: ['end'] }); em.emit('x', 1); em.emit('end');
          for await (const [x] of closing) got.push(['closing', x]);
          const target = new EventTarget(); setTimeout(() => target.dispatchEvent(new Event('t')), 1);
          for await (const [event] of on(target, 't')) { got.push(event.type); break; }
          for (const bad of [null, {}]) { try { on(bad, 'x'); } catch (error) { got.push(error.code); } }
          return got;
        }`,
    },
    'a stream that is held back': {
      writes: /_eventsOn/,
      code: `import { on } from 'node:events'; import { Readable } from 'node:stream';
        export async function main() {
          const got = []; const source = Readable.from(['a', 'b', 'c', 'd']);
          for await (const [part] of on(source, 'data', { close: ['end'], highWaterMark: 2, lowWaterMark: 1 })) got.push(part);
          return got;
        }`,
    },
    'newListener and the listener that it names': {
      writes: /_eventOnce/,
      code: `const events = require('events');
        exports.main = async () => { const em = new events(); const got = []; em.on('newListener', (name, fn) => got.push([name, typeof fn])); const p = events.once(em, 'x'); em.emit('x'); await p; return got; };`,
    },
    'a class of its own that adds by itself': {
      writes: /_eventOnce/,
      code: `import { once, EventEmitter } from 'node:events';
        class Own extends EventEmitter { #n = 0; on(...args) { this.#n++; return super.on(...args); } once(...args) { this.#n++; return super.once(...args); } get n() { return this.#n; } }
        export const main = async () => { const em = new Own(); const p = once(em, 'x'); em.emit('x', 1); return [await p, em.n]; };`,
    },
  },
  listeners: {
    'what a server listens with': {
      writes: /_spawnInMethod/,
      code: `const net = require('net');
        exports.main = () => new Promise((resolve) => { const got = []; const server = net.createServer(); const listener = function () { got.push(this === server); server.close(() => resolve(got)); }; got.push(server.listen(0, '127.0.0.1', listener) === server, server.listeners('listening')[0] === listener); });`,
    },
    'spreads and holes': {
      writes: /_spawnArguments/,
      code: `const fs = require('fs');
        exports.main = async () => { const args = ['/etc/hostname', 'utf8']; const got = [await new Promise((resolve) => fs.readFile(...args, (error, text) => resolve(typeof text)))];
          try { fs.readFile(...args); } catch (error) { got.push(error.code); } try { fs.readFile(...[]); } catch (error) { got.push(error.code); } try { setTimeout(...[]); } catch (error) { got.push(error.code); } return got; };`,
    },
  },
};

describe.each(Object.entries(programs))('%s', (_family, cases) => {
  test.each(Object.entries(cases))('%s', async (_name, { code, writes, options = {} }) => {
    const isScript = !/^\s*(import|export)\b/m.test(code);
    const compiled = instrument(code, options, {
      commonjs: !isScript,
      script: isScript,
    });
    const outcome = async (text: string): Promise<unknown> => {
      const { main } = evaluate(text) as { main(): unknown };
      return main();
    };
    const expected = await outcome(isScript ? code : plainly(code));

    expect(instrument(code, options, { script: isScript })).toMatch(writes);
    expect(await outcome(compiled)).toEqual(expected);
  });
});
