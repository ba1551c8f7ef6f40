import { EventEmitter } from 'node:events';
import { getLocal, register, setLocal } from '../../runtime/src/index';
import type { Options } from '../../babel-plugin/src/index';
import { instrument, run } from '../harness/instrument';
import { inImmediate } from '../harness/uncompiled';

const user = register('nobody');

class Own extends EventTarget {
  handler: (() => void) | undefined;
  get onmessage(): (() => void) | undefined {
    return this.handler;
  }
  set onmessage(handler) {
    this.handler = handler;
  }
}
interface Kind {
  readonly add: string;
  make(): unknown;
  fire(source: never): void;
}
const emitter = {
  make: () => new EventEmitter(),
  fire: (source: EventEmitter) => void source.emit('x'),
};
const target = {
  make: () => new EventTarget(),
  fire: (source: EventTarget) => void source.dispatchEvent(new Event('x')),
};
const kinds: Record<string, Kind> = {
  'emitter.on': { add: `source.on('x', f)`, ...emitter },
  'emitter.once': { add: `source.once('x', f)`, ...emitter },
  'emitter.prependOnceListener': {
    add: `source.prependOnceListener('x', f)`,
    ...emitter,
  },
  'an optional chain': { add: `source?.on?.('x', f)`, ...emitter },
  'target.addEventListener': {
    add: `source.addEventListener('x', f)`,
    ...target,
  },
  'target, an object': {
    add: `source.addEventListener('x', { handleEvent: f })`,
    ...target,
  },
  'target.onmessage =': {
    add: `source.onmessage = f`,
    make: () => new Own(),
    fire: (source: Own) => source.handler!(),
  },
  'server.listen': {
    add: `source.listen('x', f)`,
    make: () => Object.assign(new EventEmitter(), { listen: EventEmitter.prototype.on }),
    fire: emitter.fire,
  },
};

/** What a listener sees when a strand triggers it, and when the platform does. */
async function seen(kind: Kind, statement: string, options: Options): Promise<string[]> {
  const code = `export function add(source, f) { const before = 0; ${statement} return before; }`;
  const { add } = run(code, {}, options) as {
    add(source: unknown, f: () => void): void;
  };
  const source = kind.make() as never;
  const found: string[] = [];
  const listener = (): void => void found.push(getLocal(user));
  setLocal(user, 'registration');
  add(source, listener);
  setLocal(user, 'trigger');
  kind.fire(source);
  if (kind.add.includes('nce')) add(source, listener);
  setLocal(user, 'registration');
  const again = kind.make() as never;
  add(again, listener);
  setLocal(user, 'bob');
  await inImmediate(() => kind.fire(again));
  return found;
}

const outcomes = {
  auto: ['trigger', 'registration'],
  registration: ['registration', 'registration'],
  trigger: ['trigger', 'nobody'],
} as const;
type Policy = keyof typeof outcomes;
const policies = Object.keys(outcomes) as Policy[];

const { 'server.listen': listens, ...plain } = kinds;
describe.each(Object.entries(plain))('%s', (_name, kind) => {
  test('without an option, auto', async () => {
    expect(await seen(kind, `${kind.add};`, {})).toEqual(outcomes.auto);
  });

  describe.each(policies)('%s', (policy) => {
    const expected = outcomes[policy];
    const other: Policy = policy === 'trigger' ? 'registration' : 'trigger';

    test('as an option', async () => {
      expect(await seen(kind, `${kind.add};`, { events: policy })).toEqual(expected);
    });
    test('a comment before the statement', async () => {
      const code = `\n// throughline: ${policy}\n${kind.add};`;
      expect(await seen(kind, code, { events: other })).toEqual(expected);
    });
    test('a comment before an expression that is part of one', async () => {
      const code = `const kept = /* throughline: ${policy} */ ${kind.add.startsWith('source.onmessage') ? `(${kind.add})` : kind.add};`;
      expect(await seen(kind, code, { events: other })).toEqual(expected);
    });
    test('a comment before an argument', async () => {
      const code = `[].concat(1, /* throughline: ${policy} */ (${kind.add}));`;
      expect(await seen(kind, code, { events: other })).toEqual(expected);
    });
    test('a comment before a block of statements', async () => {
      const code = `\n// throughline: ${policy}\n{ const inner = 0; if (!inner) { ${kind.add}; } }`;
      expect(await seen(kind, code, { events: other })).toEqual(expected);
    });
    test('an inner comment overrules an outer one', async () => {
      const code = `\n// throughline: ${other}\n{\n// throughline: ${policy}\n${kind.add}; }`;
      expect(await seen(kind, code, { events: other })).toEqual(expected);
    });
    test('a comment ends with its statement', async () => {
      const code = `\n// throughline: ${other}\n[].push(1);\n${kind.add};`;
      expect(await seen(kind, code, { events: policy })).toEqual(expected);
    });
  });

  test('off leaves the statement alone', async () => {
    const code = `\n// throughline: off\n${kind.add};`;
    expect(await seen(kind, code, {})).toEqual(['trigger', 'nobody']);
  });
  test('off leaves an expression alone', async () => {
    const add = kind.add.startsWith('source.onmessage') ? `(${kind.add})` : kind.add;
    expect(await seen(kind, `const kept = /* throughline: off */ ${add};`, {})).toEqual([
      'trigger',
      'nobody',
    ]);
  });
});

test('an option holds for listeners that are handed over without an `on`', () => {
  const code = `import http from 'node:http'; http.createServer(f); socket.setTimeout(5, () => {});`;

  expect(instrument(code, { events: 'registration' })).not.toBe(
    instrument(code, { events: 'trigger' }),
  );
  expect(listens).toBeDefined();
});

const offs: Record<string, string> = {
  'a timer as a value': `const x = /* throughline: off */ setTimeout(f, 1);`,
  'a timer as an argument': `go(/* throughline: off */ setTimeout(f, 1));`,
  'a timer that is passed on': `go(/* throughline: off */ setTimeout);`,
  'a property': `const o = {\n// throughline: off\nstart: setTimeout(f, 1) };`,
  'a method chain': `const x = /* throughline: off */ p.then(f);`,
  'new Promise': `const x = /* throughline: off */ new Promise((r) => setTimeout(r, 1));`,
  'a return': `function g() {\n// throughline: off\nreturn setTimeout(f, 1); }`,
  "an arrow's expression": `const g = () => /* throughline: off */ setTimeout(f, 1);`,
  'a handler': `/* throughline: off */ x.onmessage = f;`,
  'an optional call': `const x = /* throughline: off */ p?.then(f);`,
  'a function': `const x = /* throughline: off */ async () => { await f; };`,
  'a class member': `class A {\n// throughline: off\nasync m() { await f; } }`,
  'Promise.all': `const x = /* throughline: off */ Promise.all([a, b]);`,
};
test.each(Object.entries(offs))('off leaves %s alone', (_name, code) => {
  expect(instrument(code)).not.toMatch(/\b_\w+\(/);
  expect(instrument(code.replace('throughline: off', ''))).toMatch(/\b_\w+\(/);
});

test.each(['of', 'Off', 'registrations', 'auto trigger', ''])(
  'the comment "%s" is refused',
  (text) => {
    expect(() => instrument(`/* throughline: ${text} */ f();`)).toThrow('TL_DIRECTIVE_UNKNOWN');
  },
);

test.each([
  ['events', 'triggers'],
  ['events', 3],
  ['events', null],
])('the option %s: %s is refused', (name, value) => {
  expect(() => instrument('f();', { [name]: value } as Options)).toThrow(/TL_OPTION_INVALID/);
  expect(() => instrument('f();', { [name]: value } as Options)).toThrow(JSON.stringify(value));
});
