import { AsyncContext } from '@throughline/runtime/async-context';

// The proposal's text, clause by clause: https://tc39.es/proposal-async-context/

const { Variable, Snapshot } = AsyncContext;

type Callable = (this: unknown, ...args: unknown[]) => unknown;
const callable = (fn: unknown): Callable => fn as Callable;

function descriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
  return Object.getOwnPropertyDescriptor(target, key);
}

/** Attributes of a property, as the proposal writes them. */
function attributes(target: object, key: PropertyKey): string {
  const found = descriptor(target, key)!;
  const yes = (['writable', 'enumerable', 'configurable'] as const).filter((name) => found[name]);
  return yes.join(' ');
}

/** Options that tell what is done with them, in order. */
function watched(values: Record<string, unknown>, told: string[]): object {
  return new Proxy(values, {
    has: (target, key) => (told.push(`has ${String(key)}`), Reflect.has(target, key)),
    get: (target, key, receiver) => (
      told.push(`get ${String(key)}`),
      Reflect.get(target, key, receiver) as unknown
    ),
    getOwnPropertyDescriptor: (target, key) => (
      told.push(`own ${String(key)}`),
      Reflect.getOwnPropertyDescriptor(target, key)
    ),
    ownKeys: (target) => (told.push('keys'), Reflect.ownKeys(target)),
  });
}

describe('the AsyncContext object', () => {
  test('is an ordinary object with two constructors and a tag', () => {
    expect(Object.getPrototypeOf(AsyncContext)).toBe(Object.prototype);
    expect(Reflect.ownKeys(AsyncContext)).toEqual(['Variable', 'Snapshot', Symbol.toStringTag]);
    expect(attributes(AsyncContext, 'Variable')).toBe('writable configurable');
    expect(attributes(AsyncContext, 'Snapshot')).toBe('writable configurable');
    expect(attributes(AsyncContext, Symbol.toStringTag)).toBe('configurable');
    expect(Object.prototype.toString.call(AsyncContext)).toBe('[object AsyncContext]');
  });

  test('is not callable', () => {
    expect(() => callable(AsyncContext)()).toThrow(TypeError);
    expect(() => Reflect.construct(AsyncContext as never, [])).toThrow(TypeError);
  });
});

describe.each([
  ['Variable', Variable, ['constructor', 'name', 'get', 'run', Symbol.toStringTag]],
  ['Snapshot', Snapshot, ['constructor', 'run', Symbol.toStringTag]],
] as const)('the constructor %s', (name, constructor, keys) => {
  test('is called with new only', () => {
    expect(() => callable(constructor)()).toThrow(TypeError);
    expect(() => callable(constructor).call(new (constructor as typeof Snapshot)())).toThrow(
      TypeError,
    );
  });

  test('is a function as built-in ones are', () => {
    expect(Object.getPrototypeOf(constructor)).toBe(Function.prototype);
    expect(descriptor(constructor, 'name')).toEqual({
      ...{ value: name, writable: false, enumerable: false, configurable: true },
    });
    expect(descriptor(constructor, 'length')).toEqual({
      ...{ value: name === 'Variable' ? 1 : 0, writable: false },
      ...{ enumerable: false, configurable: true },
    });
    expect(attributes(constructor, 'prototype')).toBe('');
  });

  test('has a prototype with these properties', () => {
    const { prototype } = constructor;
    expect(Object.getPrototypeOf(prototype)).toBe(Object.prototype);
    expect(new Set(Reflect.ownKeys(prototype))).toEqual(new Set(keys));
    expect(prototype.constructor).toBe(constructor);
    expect(attributes(prototype, 'constructor')).toBe('writable configurable');
    expect(descriptor(prototype, Symbol.toStringTag)).toEqual({
      ...{ value: `AsyncContext.${name}`, writable: false, enumerable: false, configurable: true },
    });
  });

  test('makes objects with no property of their own, which others can extend', () => {
    class Own extends (constructor as typeof Snapshot) {
      readonly added = 1;
    }
    const made = new Own();

    expect(Reflect.ownKeys(new constructor())).toEqual([]);
    expect(Object.isExtensible(new constructor())).toBe(true);
    expect(made).toBeInstanceOf(constructor);
    expect(Object.getPrototypeOf(made)).toBe(Own.prototype);
    expect(made.added).toBe(1);
  });

  test('takes its prototype from new.target', () => {
    const target = function (): void {};
    const made = Reflect.construct(constructor, [], target) as object;

    expect(Object.getPrototypeOf(made)).toBe(target.prototype);
  });
});

describe.each([
  ['Variable.prototype.get', Variable.prototype, 'get', 0],
  ['Variable.prototype.run', Variable.prototype, 'run', 2],
  ['Snapshot.prototype.run', Snapshot.prototype, 'run', 1],
  ['Snapshot.wrap', Snapshot, 'wrap', 1],
] as const)('%s', (_, holder, name, length) => {
  const method = (holder as unknown as Record<string, Callable>)[name]!;

  test(`has length ${length}, its name, and the attributes of a built-in method`, () => {
    expect(attributes(holder, name)).toBe('writable configurable');
    expect(descriptor(method, 'length')).toMatchObject({ value: length, configurable: true });
    expect(descriptor(method, 'name')).toMatchObject({ value: name, configurable: true });
    expect(Object.hasOwn(method, 'prototype')).toBe(false);
    expect(() => Reflect.construct(method as never, [])).toThrow(TypeError);
  });
});

test('name is an accessor without a setter', () => {
  const { get, set, enumerable, configurable } = descriptor(Variable.prototype, 'name')!;

  expect([set, enumerable, configurable]).toEqual([undefined, false, true]);
  expect([get!.name, get!.length]).toEqual(['get name', 0]);
});

describe('what is no variable or snapshot', () => {
  const variable = new Variable();
  const snapshot = new Snapshot();
  const likes = [undefined, null, 1, 'text', {}, () => 0, Object.create(Variable.prototype)];

  test.each([
    ['Variable.prototype.get', Variable.prototype.get, [snapshot, Variable.prototype]],
    ['Variable.prototype.run', Variable.prototype.run, [snapshot, Variable.prototype]],
    [
      'the getter of name',
      descriptor(Variable.prototype, 'name')!.get!,
      [snapshot, Variable.prototype],
    ],
    ['Snapshot.prototype.run', Snapshot.prototype.run, [variable, Snapshot.prototype]],
  ])('%s refuses it before it does anything', (_, method, more) => {
    const ran = jest.fn();
    for (const receiver of [...likes, ...more, Object.create(Snapshot.prototype)]) {
      expect(() => callable(method).call(receiver, ran, ran)).toThrow(TypeError);
    }
    expect(ran).not.toHaveBeenCalled();
  });
});

describe('the options of a variable', () => {
  test('are read in order, and nothing else of them', () => {
    const told: string[] = [];
    const name = { toString: () => (told.push('to text'), 'user') };
    const variable = new Variable(watched({ name, defaultValue: 1, native: true }, told));

    expect(told).toEqual(['has name', 'get name', 'to text', 'get defaultValue']);
    expect([variable.name, variable.get()]).toEqual(['user', 1]);
  });

  test('without a name are not asked for one', () => {
    const told: string[] = [];
    const variable = new Variable(watched({}, told));

    expect(told).toEqual(['has name', 'get defaultValue']);
    expect([variable.name, variable.get()]).toEqual(['', undefined]);
  });

  test('may be inherited, or be a function', () => {
    const inherited = Object.create({ name: 'far', defaultValue: 2 }) as object;
    const given = Object.assign(function given() {}, { defaultValue: 3 });

    expect([new Variable(inherited).name, new Variable(inherited).get()]).toEqual(['far', 2]);
    expect([new Variable(given).name, new Variable(given).get()]).toEqual(['given', 3]);
  });

  test.each([undefined, null, true, 1, 'name', Symbol('s'), 1n])('%p is no object', (options) => {
    const variable = new Variable(options as never);

    expect([variable.name, variable.get()]).toEqual(['', undefined]);
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [12, '12'],
    [['a', 1], 'a,1'],
  ])('a name %p becomes text', (name, text) => {
    expect(new Variable({ name: name as never }).name).toBe(text);
  });

  test('what they throw comes through', () => {
    const fail = (): never => {
      throw new RangeError('mine');
    };
    const bad = [{ get: () => fail() }, { has: () => fail() }].map(
      (handler) => new Proxy({}, handler),
    );

    for (const options of bad) expect(() => new Variable(options)).toThrow('mine');
    expect(() => new Variable({ name: Symbol('s') as never })).toThrow(TypeError);
    expect(() => new Variable({ name: { toString: fail } as never })).toThrow('mine');
  });
});

describe('run', () => {
  const user = new Variable<unknown>({ name: 'user', defaultValue: 'nobody' });

  test('calls with undefined as the receiver, with the arguments, and gives what that gives', () => {
    function call(this: unknown, ...args: unknown[]): unknown {
      return [this, ...args, user.get()];
    }

    expect(user.run('ada', call, 1, 2)).toEqual([undefined, 1, 2, 'ada']);
    expect(new Snapshot().run(call, 1)).toEqual([undefined, 1, 'nobody']);
    expect(user.get()).toBe('nobody');
  });

  test('a value of undefined is a value', () => {
    expect(user.run(undefined, () => user.get())).toBeUndefined();
    expect(user.run('ada', () => user.run(undefined, () => user.get()))).toBeUndefined();
  });

  test('goes back when the call throws, or cannot be called', () => {
    const kept = user.run('bob', () => new Snapshot());
    const fail = (): never => {
      throw new Error(String(user.get()));
    };

    user.run('ada', () => {
      expect(() => user.run('eve', fail)).toThrow('eve');
      expect(user.get()).toBe('ada');
      expect(() => kept.run(fail)).toThrow('bob');
      expect(user.get()).toBe('ada');
      for (const no of [undefined, null, {}, 1]) {
        expect(() => user.run('eve', no as never)).toThrow(TypeError);
        expect(() => kept.run(no as never)).toThrow(TypeError);
      }
      expect(user.get()).toBe('ada');
    });
    expect(user.get()).toBe('nobody');
  });

  test('leaves the other variables as they are', () => {
    const other = new Variable<number>();
    const found = user.run('ada', () =>
      other.run(1, () => user.run('bob', () => [user.get(), other.get()])),
    );

    expect(found).toEqual(['bob', 1]);
  });
});

describe('Snapshot', () => {
  const user = new Variable<string>({ defaultValue: 'nobody' });

  test('runs with exactly the values where it was made', () => {
    const empty = new Snapshot();
    const kept = user.run('ada', () => new Snapshot());

    expect(kept.run(() => user.get())).toBe('ada');
    expect(user.run('bob', () => empty.run(() => user.get()))).toBe('nobody');
    expect(user.run('bob', () => kept.run(() => empty.run(() => user.get())))).toBe('nobody');
  });

  test('a subclass keeps its own members, and wrap is of the class', () => {
    class Own extends Snapshot {
      override run(): never {
        throw new Error('of the subclass');
      }
    }
    const read = user.run('ada', () => Own.wrap(() => user.get()));

    expect(read()).toBe('ada');
    expect(() => new Own().run()).toThrow('of the subclass');
  });
});

describe('Snapshot.wrap', () => {
  const user = new Variable<string>({ defaultValue: 'nobody' });
  const wrap = (fn: unknown): Callable => callable(Snapshot.wrap(fn as never));

  test.each([undefined, null, 1, 'f', Symbol('s'), {}, Object.create(null)])(
    'refuses %p',
    (value) => {
      expect(() => wrap(value)).toThrow(TypeError);
    },
  );

  test('refuses an object without asking it anything', () => {
    const told: string[] = [];

    expect(() => wrap(watched({}, told))).toThrow(TypeError);
    expect(told).toEqual([]);
  });

  test('calls with the receiver and the arguments, needs no receiver of its own, and goes back', () => {
    const { wrap: bare } = Snapshot;
    const wrapped = user.run('ada', () =>
      callable(
        bare(function (this: unknown, ...args: unknown[]) {
          return [this, args, user.get()];
        }),
      ),
    );

    expect(wrapped.call('me', 1, 2)).toEqual(['me', [1, 2], 'ada']);
    expect(user.get()).toBe('nobody');
  });

  test('goes back when the function throws', () => {
    const wrapped = user.run('ada', () =>
      wrap(() => {
        throw new Error(user.get());
      }),
    );

    user.run('bob', () => {
      expect(wrapped).toThrow('ada');
      expect(user.get()).toBe('bob');
    });
  });

  test('what it returns is a built-in function: no prototype, not to be constructed', () => {
    const wrapped = wrap(class {});

    expect(Object.hasOwn(wrapped, 'prototype')).toBe(false);
    expect(() => Reflect.construct(wrapped, [])).toThrow(TypeError);
    expect(Object.getPrototypeOf(wrapped)).toBe(Function.prototype);
  });

  test('is not changed by what a program does to the methods of the prototype', () => {
    const { run } = Snapshot.prototype;
    const wrapped = user.run('ada', () => wrap(() => user.get()));
    try {
      Snapshot.prototype.run = (): never => {
        throw new Error('of the program');
      };
      expect(wrapped()).toBe('ada');
    } finally {
      Snapshot.prototype.run = run;
    }
  });

  const named = (name: unknown): object => Object.defineProperty(() => {}, 'name', { value: name });
  const long = (length: unknown): object =>
    Object.defineProperty(() => {}, 'length', { value: length });

  test.each([
    ['f', 'wrapped f'],
    ['', 'wrapped '],
    [7, 'wrapped '],
    [Symbol('s'), 'wrapped '],
    [undefined, 'wrapped '],
  ])('a name of %p', (name, expected) => {
    expect(descriptor(wrap(named(name)), 'name')).toEqual({
      ...{ value: expected, writable: false, enumerable: false, configurable: true },
    });
  });

  test.each([
    [0, 0],
    [2, 2],
    [2.7, 2],
    [-3, 0],
    [-0, 0],
    [NaN, 0],
    [Infinity, Infinity],
    [-Infinity, 0],
    ['2', 0],
    [2n, 0],
    [undefined, 0],
  ])('a length of %p', (length, expected) => {
    expect(descriptor(wrap(long(length)), 'length')).toEqual({
      ...{ value: expected, writable: false, enumerable: false, configurable: true },
    });
  });

  test('an inherited length does not count', () => {
    const fn = Object.setPrototypeOf(() => {}, { length: 4, name: 'far' }) as () => void;
    Reflect.deleteProperty(fn, 'length');
    Reflect.deleteProperty(fn, 'name');

    expect([wrap(fn).length, wrap(fn).name]).toEqual([0, 'wrapped far']);
  });

  test('asks for the length and then for the name', () => {
    const told: string[] = [];
    const fn = new Proxy(
      function f(given: unknown) {
        return given;
      },
      {
        get: (target, key) => (
          told.push(`get ${String(key)}`),
          Reflect.get(target, key) as unknown
        ),
        getOwnPropertyDescriptor: (target, key) => (
          told.push(`own ${String(key)}`),
          Reflect.getOwnPropertyDescriptor(target, key)
        ),
      },
    );
    const wrapped = wrap(fn);

    expect(told).toEqual(['own length', 'get length', 'get name']);
    expect([wrapped.length, wrapped.name]).toEqual([1, 'wrapped f']);
  });

  test('a getter that throws comes through, and nothing changes', () => {
    const fn = Object.defineProperty(() => {}, 'name', {
      get: () => {
        throw new Error('mine');
      },
    });

    expect(() => wrap(fn)).toThrow('mine');
    expect(user.get()).toBe('nobody');
  });
});

describe('with an AsyncContext of the engine', () => {
  /** Stands for the engine's: one variable of the module, as the proposal's agent has one mapping. */
  let mapping = new Map<object, unknown>();
  const made: object[] = [];
  class EngineVariable {
    constructor(readonly options: object) {
      made.push(options);
    }
    get(): unknown {
      return mapping.get(this);
    }
    run(value: unknown, fn: Callable, ...args: unknown[]): unknown {
      const before = mapping;
      mapping = new Map(before).set(this, value);
      try {
        return fn(...args);
      } finally {
        mapping = before;
      }
    }
  }
  class EngineSnapshot {
    readonly kept = mapping;
    run(fn: Callable, ...args: unknown[]): unknown {
      const before = mapping;
      mapping = this.kept;
      try {
        return fn(...args);
      } finally {
        mapping = before;
      }
    }
  }
  type Face = { readonly AsyncContext: typeof AsyncContext };
  const realm = globalThis as { AsyncContext?: object };
  let face: Face;

  beforeAll(() => {
    realm.AsyncContext = { Variable: EngineVariable, Snapshot: EngineSnapshot };
    jest.isolateModules(() => (face = require('@throughline/runtime/async-context') as Face));
  });
  afterAll(() => {
    Reflect.deleteProperty(realm, 'AsyncContext');
  });

  test('native: true hands over to it, with the options as they are', () => {
    const options = { name: 'user', native: true };
    const variable = new face.AsyncContext.Variable<string>(options);

    expect(variable).toBeInstanceOf(EngineVariable);
    expect(made).toEqual([options]);
    expect(made[0]).toBe(options);
    expect(variable.run('ada', () => variable.get())).toBe('ada');
  });

  test('the engine reads the options, and nobody before it but for native', () => {
    const told: string[] = [];
    new face.AsyncContext.Variable(watched({ name: 'n', native: true }, told));

    expect(told).toEqual(['get native']);
  });

  test.each([{}, { native: false }, undefined])('options %p stay with ours', (options) => {
    const variable = new face.AsyncContext.Variable<string>(options);

    expect(variable).toBeInstanceOf(face.AsyncContext.Variable);
    expect(variable.run('ada', () => variable.get())).toBe('ada');
  });

  test('a snapshot keeps both', () => {
    const native = new face.AsyncContext.Variable<string>({ native: true });
    const ours = new face.AsyncContext.Variable<string>();
    const read = (): unknown[] => [native.get(), ours.get()];
    const kept = native.run('ada', () => ours.run('bob', () => new face.AsyncContext.Snapshot()));
    const wrapped = native.run('ada', () =>
      ours.run('bob', () => face.AsyncContext.Snapshot.wrap(read)),
    );

    expect(kept.run(read)).toEqual(['ada', 'bob']);
    expect(wrapped()).toEqual(['ada', 'bob']);
    expect(native.run('eve', () => ours.run('eve', wrapped))).toEqual(['ada', 'bob']);
    expect(read()).toEqual([undefined, undefined]);
  });
});
