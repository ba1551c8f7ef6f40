/**
 * What the built-in modules of the running Node offer that may be handed a callback: functions, constructors and
 * methods whose own source says so. It finds too much rather than too little: a test asserts that each is either
 * in the catalogue or on the list of what is left alone, so that a newer Node cannot bring one unnoticed.
 *
 * Run in a process of its own (`node derive.mjs` prints JSON): it loads `domain`, which changes Node's emitters.
 */
import { createRequire, builtinModules, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { instancesOfHiddenClasses } from './hidden.mjs';

const require = createRequire(import.meta.url);

/** Modules that `builtinModules` leaves out on older Nodes, as they exist with the prefix only. */
const prefixOnly = ['node:ffi', 'node:sea', 'node:sqlite', 'node:test', 'node:test/reporters'];

/** Reading these opens streams, or leads to the program instead of to Node. */
const notRead = new Set([
  'module._cache',
  'module._pathCache',
  'process.env',
  'process.mainModule',
  'process.stderr',
  'process.stdin',
  'process.stdout',
]);

/**
 * @returns {Promise<{ candidates: Record<string, string[]>, owners: Record<string, string[]>, classes: Record<string, string> }>}
 * `candidates`: names, each with what in its source says so. `owners`: which prototypes own a method of that name,
 * candidate or not. `classes`: every prototype seen, by its name here, and what `constructor.name` says of it.
 */
export async function derive() {
  const candidates = new Map();
  const owners = new Map();
  const classes = new Map();
  const restoreWarnings = silenceWarnings();
  const modules = loadModules();
  const exportsOfModules = new Set(modules.values());
  /** Prototypes by the name they go by: the first exported class, in the order of the modules, or a chain. */
  const prototypes = new Map();
  /** Instances that modules export (`performance`, `subtle`): their classes may not be exported. */
  const instancesFound = [];

  const seenModules = new Set();
  for (const [name, exports] of modules) {
    // `sys` is `util`, `path/posix` may be `path`: one object, whatever it is called.
    if (seenModules.has(exports)) continue;
    seenModules.add(exports);
    if (typeof exports === 'function')
      visitFunction(`${name}.default`, exports, { default: exports });
    visitMembers(name, exports, new Set([exports]), 0);
  }
  for (const name of Object.getOwnPropertyNames(globalThis).sort()) {
    if (languageNames.has(name) || name === 'process' || name === 'console') continue;
    let value;
    try {
      value = globalThis[name];
    } catch {
      continue;
    }
    if (typeof value === 'function') {
      visitFunction(`globalThis.${name}`, value, globalThis);
      visitMembers(`globalThis.${name}`, value, new Set([value]), 1);
    } else if (typeof value === 'object' && value !== null && value !== globalThis) {
      instancesFound.push(['globalThis', value]);
    }
  }
  // Bases that are not exported themselves, then classes that only instances lead to.
  for (const [name, prototype] of [...prototypes.values()].map((it) => [it.module, it.prototype])) {
    nameChain(name, prototype);
  }
  const hidden = await instancesOfHiddenClasses(require);
  for (const [module, instance] of hidden.instances) visitOwnMethods(module, instance);
  for (const [module, instance] of [...hidden.instances, ...instancesFound]) {
    nameChain(module, Object.getPrototypeOf(instance));
  }
  for (const { name, prototype } of prototypes.values()) visitPrototype(name, prototype);
  await hidden.close();
  restoreWarnings();

  return {
    candidates: sorted(candidates),
    owners: sorted(owners),
    classes: sorted(classes),
  };

  /** Functions, classes and plain objects among the members of a module, an object or a class. */
  function visitMembers(path, object, seen, depth) {
    for (const key of Object.getOwnPropertyNames(object).sort()) {
      const name = `${path}.${key}`;
      if (isNoise(object, key) || notRead.has(name)) continue;
      let value;
      try {
        value = object[key];
      } catch {
        continue;
      }
      if (typeof value === 'function') {
        if (exportsOfModules.has(value) && key === 'default') continue;
        visitFunction(name, value, object);
        // Statics, and functions that functions carry (`fs.realpath.native`).
        if (depth < 2 && !seen.has(value) && !exportsOfModules.has(value)) {
          seen.add(value);
          visitMembers(name, value, seen, depth + 1);
        }
      } else if (isPlain(value) && !seen.has(value) && !exportsOfModules.has(value) && depth < 3) {
        seen.add(value);
        visitMembers(name, value, seen, depth + 1);
      } else if (
        typeof value === 'object' &&
        value !== null &&
        !exportsOfModules.has(value) &&
        !ArrayBuffer.isView(value)
      ) {
        instancesFound.push([path.split('.')[0], value]);
      }
    }
  }

  function visitFunction(name, value, holder) {
    const key = name.slice(name.lastIndexOf('.') + 1);
    let prototype = Object.getOwnPropertyDescriptor(value, 'prototype')?.value;
    const isClass = /^class\b/.test(sourceOf(value));
    if (isGenerator.test(sourceOf(value))) prototype = undefined;
    const hasMethods =
      prototype && Object.getOwnPropertyNames(prototype).some((it) => it !== 'constructor');
    if (
      prototype &&
      typeof prototype === 'object' &&
      (hasMethods || isClass || inherits(prototype))
    ) {
      const module = name.split('.')[0];
      const known = prototypes.get(prototype);
      if (isLanguage(prototype)) return;
      if (known === undefined || (key === ownName(prototype) && !known.name.endsWith(`.${key}`))) {
        prototypes.set(prototype, { module, name, prototype });
      }
      // `http.Server(listener)` builds without `new`, too: this name stands for both.
      found(`new ${name}`, signs(isClass ? constructorOf(sourceOf(value)) : sourceOf(value)));
      return;
    }
    const more = signs(sourceOf(value));
    if (Object.hasOwn(value, promisifyCustom)) more.push('promisify.custom');
    if (typeof holder[`${key}Sync`] === 'function') more.push('Sync sibling');
    const promises = modules.get(`${name.split('.')[0]}/promises`);
    if (promises && holder !== promises && typeof promises[key] === 'function') {
      more.push('promises sibling');
    }
    found(name, more);
  }

  function visitPrototype(name, prototype) {
    classes.set(`${name}.prototype`, ownName(prototype));
    for (const key of Object.getOwnPropertyNames(prototype).sort()) {
      // What begins with `_` is Node's own, or a hook that streams call and subclasses define.
      if (key === 'constructor' || key.startsWith('_')) continue;
      const { value } = Object.getOwnPropertyDescriptor(prototype, key);
      if (typeof value !== 'function') continue;
      const why = signs(sourceOf(value));
      found(`${name}.prototype.${key}`, why);
      owners.set(key, [...(owners.get(key) ?? []), name].sort());
    }
  }

  /** Methods that Node puts on each instance (`subprocess.send`). */
  function visitOwnMethods(module, instance) {
    for (const key of Object.getOwnPropertyNames(instance).sort()) {
      const { value } = Object.getOwnPropertyDescriptor(instance, key);
      if (typeof value !== 'function' || key.startsWith('_') || /^on/.test(key)) continue;
      found(
        `${module}~${nameOfClass(Object.getPrototypeOf(instance))}#${key}`,
        signs(sourceOf(value)),
      );
    }
  }

  function nameChain(module, from) {
    for (let at = from; at !== null && !isLanguage(at); at = Object.getPrototypeOf(at)) {
      if (prototypes.has(at)) continue;
      let name = `${module}~${nameOfClass(at)}`;
      const taken = new Set([...prototypes.values()].map((it) => it.name));
      for (let n = 2; taken.has(name); n++) name = `${module}~${nameOfClass(at)}${n}`;
      prototypes.set(at, { module, name, prototype: at });
    }
  }

  function found(name, why) {
    if (why.length === 0) return;
    candidates.set(name, [...new Set(why)].sort());
  }
}

const isGenerator = /^(?:async )?function ?\*|^(?:async )?\*/;
const promisifyCustom = Symbol.for('nodejs.util.promisify.custom');

function loadModules() {
  const names = new Set([
    ...builtinModules.filter((it) => !it.startsWith('_')),
    ...prefixOnly.filter((it) => isBuiltin(it)),
  ]);
  const loaded = new Map();
  // `domain` last: it changes emitters when it is loaded. `sys` after `util`, whose other name it is.
  const late = (name) => Number(name === 'domain' || name === 'sys');
  for (const name of [...names].sort((a, b) => late(a) - late(b) || order(a, b))) {
    try {
      loaded.set(name.replace(/^node:/, ''), require(`node:${name.replace(/^node:/, '')}`));
    } catch {
      // Built without it.
    }
  }
  return loaded;
}

/** Much of what is read on the way is deprecated or experimental. */
function silenceWarnings() {
  const { emitWarning, noDeprecation } = process;
  process.noDeprecation = true;
  process.emitWarning = () => {};
  return () => Object.assign(process, { emitWarning, noDeprecation });
}

/** What in a function's source tells that it may be handed a callback. Empty when nothing does. */
export function signs(source) {
  if (source === '') return [];
  if (/\{ \[native code\] \}$/.test(source)) return ['native'];
  const why = [];
  const { parameters, body } = split(source);
  const names = parameters.match(/[\w$]+/g) ?? [];
  for (const name of names) {
    if (callbackName.test(name)) why.push(`parameter ${name}`);
    else if (calls(body, name)) why.push(`calls ${name}`);
  }
  if (parameters.includes('...')) why.push('rest parameter');
  if (/\barguments\b(?!\.length)/.test(body)) why.push('arguments');
  if (/\bvalidateFunction\(/.test(body)) why.push('validateFunction');
  if (/typeof [\w$.[\]]+ [!=]==? 'function'/.test(body)) why.push('typeof function');
  if (/\b(?:callback|cb|listener)\b/.test(body)) why.push('names a callback');
  return why;
}

const callbackName =
  /^(?:cb|cbs|done|next|fn|func|function|hook|hooks|task|linker|executor|tester|test|predicate|reducer|iterator|mapper|original|implementation|subscription|subscriber|transform|completer|action)$|(?:callback|listener|handler|function|callbacks|fn|func|cb)_?$/i;

function calls(body, name) {
  const it = name.replaceAll('$', '\\$');
  return new RegExp(
    `(?<![\\w$.])${it}\\(|(?:ReflectApply|FunctionPrototypeCall|FunctionPrototypeBind)\\(${it}\\b|(?<![\\w$.])${it}\\.(?:call|apply|bind)\\(`,
  ).test(body);
}

/** The parameters of a function and the rest, from its source. */
function split(source) {
  const open = source.indexOf('(');
  const arrow = source.indexOf('=>');
  if (arrow !== -1 && (open === -1 || arrow < open)) {
    return { parameters: source.slice(0, arrow).replace(/^async /, ''), body: source.slice(arrow) };
  }
  const close = closing(source, open);
  return {
    parameters: withoutDefaults(source.slice(open + 1, close)),
    body: source.slice(close + 1),
  };
}

function withoutDefaults(parameters) {
  return parameters
    .replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    .replace(/= ?(?:[\w$.'-]+(?:\([^)]*\))?)/g, '');
}

/** Where the bracket at `open` closes. Good enough for Node's own source, which is what it sees. */
function closing(source, open) {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    if ('([{'.includes(source[at])) depth++;
    else if (')]}'.includes(source[at]) && --depth === 0) return at;
  }
  return source.length;
}

/** The constructor in a class's source, empty when it inherits its own. */
function constructorOf(source) {
  const start = /^ {2,}constructor\(/m.exec(source);
  if (start === null) return '';
  const open = source.indexOf('(', start.index);
  const close = closing(source, open);
  const body = source.indexOf('{', close);
  return source.slice(start.index, closing(source, body) + 1).trimStart();
}

function sourceOf(value) {
  return Function.prototype.toString.call(value);
}

function isNoise(object, key) {
  return (
    key.startsWith('_') ||
    (typeof object === 'function' &&
      ['arguments', 'caller', 'length', 'name', 'prototype'].includes(key))
  );
}

function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function inherits(prototype) {
  const parent = Object.getPrototypeOf(prototype);
  return parent !== null && parent !== Object.prototype;
}

const languageNames = new Set(runInNewContext('Object.getOwnPropertyNames(globalThis)'));
const languagePrototypes = new Set(
  [...languageNames].map((it) => globalThis[it]?.prototype).filter((it) => typeof it === 'object'),
);
languagePrototypes.add(Object.getPrototypeOf(Uint8Array.prototype));
// Iterators and generators, synchronous and not.
for (const it of [[].values(), (function* () {})(), (async function* () {})()]) {
  for (let at = Object.getPrototypeOf(it); at !== null; at = Object.getPrototypeOf(at)) {
    languagePrototypes.add(at);
  }
}

/** The prototypes of the language itself (`Array.prototype`). */
function isLanguage(prototype) {
  return languagePrototypes.has(prototype);
}

function ownName(prototype) {
  const own = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof own === 'function'
    ? own.name
    : `(none of its own; inherits ${prototype.constructor?.name})`;
}

function nameOfClass(prototype) {
  return Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value?.name || 'anonymous';
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function sorted(map) {
  return Object.fromEntries([...map].sort(([a], [b]) => order(a, b)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await derive(), null, 1)}\n`);
}
