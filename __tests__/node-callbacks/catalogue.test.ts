import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { catalogueWith } from '../../babel-plugin/src/catalogue/index';
import { methodHelpers } from '../../babel-plugin/src/catalogue/language';
import { isPlatformMethod } from '../../runtime/src/callbacks/platform-classes';
import leftAlone from './left-alone.json';

// What a newer Node brings is either a spawn point or named in left-alone.json, with the reason.
const builtin = createRequire(__filename);
const catalogue = catalogueWith([]);

interface Derived {
  readonly candidates: Readonly<Record<string, readonly string[]>>;
  /** Every prototype by its name, and what `constructor.name` says of it. */
  readonly classes: Readonly<Record<string, string>>;
}

const { candidates, classes } = JSON.parse(
  execFileSync(process.execPath, [join(__dirname, 'derive.mjs')], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
) as Derived;

const alone = new Map<string, string>();
for (const [reason, owners] of Object.entries(
  leftAlone as Record<string, Record<string, string>>,
)) {
  for (const [owner, names] of Object.entries(owners)) {
    for (const name of names.split(' ')) alone.set(`${owner}${name}`, reason);
  }
}

/** `new net.Server`, `fs.realpath.native`, `net.Socket.prototype.end`, `http2~Http2Session#ping`. */
function isSpawnPoint(name: string): boolean {
  const [, isNew, path] = /^(new )?(.*)$/.exec(name) as unknown as [string, string?, string?];
  const method = /^(.*?)(?:\.prototype\.|#)([^.#]+)$/.exec(path!);
  if (method && !isNew) return isMethod(method[1]!, method[2]!, path!.includes('#'));
  const [module, ...rest] = path!.split('.') as [string, ...string[]];
  const callee =
    module === 'globalThis'
      ? ({ from: 'global', name: rest.join('.') } as const)
      : ({
          from: 'module',
          module: module.replace(/^node:/, ''),
          name: rest.join('.'),
        } as const);
  return catalogue.pointOf(callee, isNew !== undefined) !== undefined;
}

function isMethod(owner: string, name: string, isOwn: boolean): boolean {
  if (Object.hasOwn(methodHelpers, name)) return true;
  const rules = catalogue.classMethods(name);
  if (rules.some((rule) => rule.classes?.includes(classes[owner] ?? nameOf(owner)))) return true;
  if (isOwn || rules.every((rule) => rule.classes !== undefined)) return false;
  return isKnownToTheRuntime(owner, name);
}

const nameOf = (owner: string): string => owner.split(/[.~]/).at(-1)!;

/** What of it the running Node can tell; for a class that nothing exports, the names must do. */
function isKnownToTheRuntime(owner: string, name: string): boolean {
  const [, module, exported] = /^([^.~]+)[.~](.+)$/.exec(owner) ?? [];
  const exports =
    module === 'globalThis'
      ? globalThis
      : (builtin(`node:${module!.replace(/^node:/, '')}`) as object);
  let at = (exports as Record<string, { prototype?: object } | undefined>)[exported!]?.prototype;
  at ??= baseNamed(exports, exported!);
  if (at === undefined) return false;
  const value = Object.getOwnPropertyDescriptor(at, name)?.value as object | undefined;
  return value !== undefined && isPlatformMethod(Object.create(at), value);
}

/** A class that only those which extend it lead to: `zlib~ZlibBase`. */
function baseNamed(exports: object, name: string): object | undefined {
  for (const value of Object.values(exports) as { prototype?: object }[]) {
    for (let at = value?.prototype; at; at = Object.getPrototypeOf(at) as object | undefined) {
      if ((at.constructor as { name?: string }).name === name) return at;
    }
  }
  return undefined;
}

test('everything in Node that may be handed a callback is a spawn point or left alone for a reason', () => {
  expect(Object.keys(candidates).length).toBeGreaterThan(500);
  const missing = Object.keys(candidates).filter((name) => !alone.has(name) && !isSpawnPoint(name));

  expect(missing).toEqual([]);
});

test('nothing is both a spawn point and left alone', () => {
  const both = [...alone.keys()].filter(
    (name) => !name.includes('prototype') && isSpawnPoint(name),
  );

  expect(both).toEqual([]);
});
