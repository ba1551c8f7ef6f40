// Which places are spawn points, which names only look like one, and what `skip` leaves alone.
import { transformSync } from '@babel/core';
import type { SpawnPointKind } from '../../babel-plugin/src/options';
import { instrument, run } from '../harness/instrument';

const printed = (code: string): string =>
  `${transformSync(code, { configFile: false, babelrc: false, sourceType: 'module' })!.code!}\n`;
/** The sites that a module gives the runtime. */
const sitesOf = (output: string): string[] =>
  JSON.parse(/_sites\("input\.js", (\[.*\])\);/.exec(output)?.[1] ?? '[]') as string[];
/** A module without the head that the plugin writes. */
const bodyOf = (output: string): string =>
  output.replace(/^import \{.*\} from "@throughline\/runtime\/compiled";\n_sites\(.*\);\n/, '');
const stays = (output: string, skip: SpawnPointKind[] = []): void =>
  expect(instrument(output, { skip })).toBe(output);

test.each<[kind: string, code: string, sites: string[]]>([
  [
    'async',
    `export const a = async () => {};
async function b() {
  return {
    async c() {},
    d: async () => {},
  };
}
class E {
  async f() {}
  static async g() {}
  async *h() {}
}`,
    [
      ...['1:17 async a', '2:0 async b', '4:4 async c', '5:7 async d', '9:2 async f'],
      ...['10:2 async g', '11:2 async h'],
    ],
  ],
  [
    'listener',
    `export class Page {
  open(emitter) {
    emitter.on('data', show).once('end', close);
    if (this.target) this.target.addEventListener('click', show);
  }
}`,
    ['3:12 listener on', '3:29 listener once', '4:33 listener addEventListener'],
  ],
  [
    'promise',
    `export const shown = load()
  .then((text) => parse(text))
  .then((value) => show(value))
  .catch((error) => fail(error));

if (shown) {
  throw [new Promise(executor), Promise.all(parts)];
}`,
    [
      ...['2:3 promise then', '3:3 promise then', '4:3 promise catch'],
      ...['7:9 promise new Promise', '7:32 promise Promise.all'],
    ],
  ],
  [
    'timer',
    `export function start() {
  if (ready) setTimeout(tick, 10);
  return [1, setImmediate(tick)];
}

process.nextTick(tick);`,
    ['2:13 timer setTimeout', '3:13 timer setImmediate', '6:0 microtask process.nextTick'],
  ],
])('%s: every site has its line, its column and its name', (_kind, code, sites) => {
  const output = instrument(code);

  expect(sitesOf(output)).toEqual(sites);
  stays(output);
});

test.each<[kind: SpawnPointKind, code: string, body: string, sites: string[]]>([
  [
    'async',
    'export async function load(id) { await id; setTimeout(tick, 10); }',
    'export async function load(id) { await id; setTimeout(_spawn(tick), 10); }',
    ['1:43 timer setTimeout'],
  ],
  [
    'listener',
    `emitter.on('data', show); target.addEventListener('click', show);`,
    `emitter.on('data', show); target.addEventListener('click', show);`,
    [],
  ],
  [
    'promise',
    'promise.then(show); new Promise(executor); Promise.all(parts); setTimeout(tick, 10);',
    'promise.then(show); new Promise(executor); Promise.all(parts); setTimeout(_spawn(tick), 10);',
    ['1:63 timer setTimeout'],
  ],
  [
    'timer',
    'setTimeout(tick, 10); queueMicrotask(tick);',
    'setTimeout(tick, 10); queueMicrotask(_spawn(tick));',
    ['1:22 microtask queueMicrotask'],
  ],
])('skip: ["%s"] leaves that kind alone, and no other', (kind, code, body, sites) => {
  const output = instrument(code, { skip: [kind] });

  expect(bodyOf(output)).toBe(printed(body));
  expect(sitesOf(output)).toEqual(sites);
  stays(output, [kind]);
});

test.each<[what: string, code: string]>([
  [
    'parameters that are called as listeners are registered',
    `function on(name, listener) {} on('data', show); function once(addEventListener) { addEventListener('load', show); }`,
  ],
  [
    'a parameter Promise',
    `function settle(Promise) { new Promise(executor); return Promise.all(parts); } class Local { static make(Promise) { return Promise.resolve(1); } }`,
  ],
  [
    'an import Promise',
    `import Promise from 'bluebird'; new Promise(executor); Promise.all(parts);`,
  ],
  [
    'parameters, constants and hoisted variables that are named as timers',
    `function schedule(setTimeout, process) { setTimeout(tick, 10); process.nextTick(tick); } { const queueMicrotask = (callback) => callback(); queueMicrotask(tick); } function hoisted() { setImmediate(tick); var setImmediate; } function page(window) { window.setTimeout(tick, 10); }`,
  ],
  [
    'imports that are named as timers',
    `import { setTimeout } from 'node:timers/promises'; import { queueMicrotask as setImmediate } from './queue.js'; import process from './process.js'; import * as timers from './timers.js'; setTimeout(10, 'value'); setImmediate(tick); process.nextTick(tick); timers.setTimeout(tick, 10);`,
  ],
])('%s: nothing is rewritten', (_what, code) => {
  expect(instrument(code)).toBe(printed(code));
});

test('imports of node:events are calls of its functions; an `on` of another module is a listener', () => {
  const output = instrument(
    `import { on, once } from 'node:events'; import * as dom from './dom.js'; on(emitter, 'data'); once(emitter, 'end'); dom.on(element, 'click', show);`,
  );

  expect(bodyOf(output)).toBe(
    printed(
      `import { on, once } from 'node:events'; import * as dom from './dom.js'; _eventsOn(on, emitter, 'data'); _eventOnce(once, emitter, 'end'); _listen(dom, dom.on, element, 'click', show);`,
    ),
  );
  expect(sitesOf(output).map((site) => site.replace(/^\S+ /, ''))).toEqual([
    ...['promise on', 'promise once', 'listener on'],
  ]);
  stays(output);
});

test.each<[what: string, code: string, names: RegExp[]]>([
  [
    'a parameter or a variable',
    'async function f(_strand, _runKept, _resume) { const _suspend = await _strand; return [_runKept, _resume, _suspend]; }',
    [
      /_runKept2\(_kept \|\|/,
      /async f\(_strand2, _strand, _runKept, _resume\)/,
      /const _suspend = _resume2\(_strand2, await _suspend2\(_strand2, _strand\)\)/,
    ],
  ],
  [
    'an import',
    `import { _runKept, _kept, _strand } from './names.js'; import { run as _suspend } from './names.js'; export async function f() { await _runKept(_strand, _suspend, _kept); }`,
    [
      /_runKept2\(_kept2 \|\|/,
      /_resume\(_strand2, await _suspend2\(_strand2, _runKept\(_strand, _suspend, _kept\)\)\)/,
    ],
  ],
])("the plugin's names make way for %s", (_what, code, names) => {
  const output = instrument(code);

  for (const name of names) expect(output).toMatch(name);
  stays(output);
});

test.each<[what: string, code: string]>([
  [
    'strand names',
    `export default async function () { const f = async (_strand, _run, _resume, _end) => { const _suspend = await _strand; return [_strand, _run, _resume, _suspend, _end]; };
    expect(await f(1, 2, 3, 4)).toEqual([1, 2, 3, 1, 4]); }`,
  ],
  [
    'a class Promise',
    `export default async function () { const given = []; const executor = () => {};
    class Promise { constructor(fn) { given.push(fn); } static all(parts) { return parts; } }
    expect(new Promise(executor)).toBeInstanceOf(Promise); expect(given).toEqual([executor]); expect(Promise.all('parts')).toBe('parts'); }`,
  ],
  [
    'timers',
    `export default async function () { const tick = () => {}, given = []; const setTimeout = (callback) => given.push(callback); setTimeout(tick);
    ((process) => process.nextTick(tick))({ nextTick: (callback) => given.push(callback) });
    expect(given).toEqual([tick, tick]); }`,
  ],
  [
    'once of node:events',
    `import { EventEmitter, once } from 'node:events'; import * as events from 'node:events';
    export default async function () { const emitter = new EventEmitter(); const ends = [once(emitter, 'end'), events.once(emitter, 'end')];
    emitter.emit('end', 1); expect(await Promise.all(ends)).toEqual([[1], [1]]); }`,
  ],
  [
    'an import Promise',
    `import { Server as Promise } from 'node:net'; export default async function () { expect(new Promise(() => {}).constructor).toBe(Promise); }`,
  ],
  [
    'setTimeout of timers/promises',
    `import { setTimeout } from 'node:timers/promises'; export default async function () { expect(await setTimeout(0, 'value')).toBe('value'); }`,
  ],
])('and it runs: %s', async (_what, code) => {
  await (run(code, { expect })['default'] as () => Promise<void>)();
});
