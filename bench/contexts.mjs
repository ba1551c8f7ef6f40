// The contexts that programs are measured in, each set up as a user of it would.
const lowered = { plugins: ['@babel/plugin-transform-async-to-generator'] };
const compiled = (causes) => ({
  plugins: [['@throughline/babel-plugin', { causes }]],
  env: { THROUGHLINE_BRIDGE: 'off' },
});

/** One entry per context: the code before the program and the Babel plugins. `nothing` is the baseline. */
export const contexts = {
  nothing: {
    head: 'const inContext = (run) => run();',
  },
  // A slot with a `join` that is set while the program runs, so that joins are measured too.
  throughline: {
    ...compiled(false),
    head: `
      import { register, setLocal } from '@throughline/runtime';
      const slot = register(0, { join: (mine, theirs) => Math.max(mine, theirs) });
      const inContext = (run) => (setLocal(slot, 1), run());`,
  },
  AsyncLocalStorage: {
    head: `
      import { AsyncLocalStorage } from 'node:async_hooks';
      const storage = new AsyncLocalStorage();
      const inContext = (run) => storage.run({ user: 1 }, run);`,
  },
  // zone.js cannot track native `await`, so `async` is lowered. It is an order of magnitude slower, so fewer
  // iterations are enough.
  'zone.js, async lowered': {
    ...lowered,
    slow: true,
    head: `
      import 'zone.js/node';
      const inContext = (run) => Zone.current.fork({ name: 'task' }).run(run);`,
  },
};

/** The context also gets through uninstrumented code, by the engine's AsyncLocalStorage. */
export const withBridge = {
  'throughline, bridge': { ...contexts.throughline, env: { THROUGHLINE_BRIDGE: 'on' } },
};

/** Without zone.js: the lowering used here leaves `for await` native, which zone.js cannot track. */
export const withoutZone = Object.fromEntries(
  Object.entries(contexts).filter(([title]) => !title.startsWith('zone.js')),
);

/** The development setup: frames also record the spawn points that led to them. */
export const withCauses = {
  'throughline, causes': { ...contexts.throughline, ...compiled(true) },
};

/** Returns the contexts with extra code before the program, by context name. */
function extended(heads) {
  return Object.fromEntries(
    Object.entries(contexts).map(([title, context]) => [
      title,
      { ...context, head: `${context.head}\n${heads[title] ?? ''}` },
    ]),
  );
}

const ten = 'Array.from({ length: 10 }';

/** Contexts that set ten more values around the program. */
export const withTenVariables = {
  ...contexts,
  throughline: {
    ...compiled(false),
    head: `
      import { register, setLocal } from '@throughline/runtime';
      import { AsyncContext } from '@throughline/runtime/async-context';
      const slot = register(0, { join: (mine, theirs) => Math.max(mine, theirs) });
      const variables = ${ten}, () => new AsyncContext.Variable());
      const inContext = (run) => (
        setLocal(slot, 1), variables.reduce((inner, one) => () => one.run(1, inner), run)()
      );`,
  },
  AsyncLocalStorage: {
    head: `
      import { AsyncLocalStorage } from 'node:async_hooks';
      const storages = ${ten}, () => new AsyncLocalStorage());
      const inContext = (run) => storages.reduce((inner, one) => () => one.run(1, inner), run)();`,
  },
  'zone.js, async lowered': {
    ...contexts['zone.js, async lowered'],
    head: `
      import 'zone.js/node';
      const zone = ${ten}).reduce((outer, _, i) => outer.fork({ name: 'v' + i, properties: { i } }), Zone.current);
      const inContext = (run) => zone.run(run);`,
  },
};

/** Contexts that define `read()`, `runWith(value, fn)` and `spawned(fn)` with their own API. */
export const withFaces = {
  ...extended({
    nothing: `
    let value = 1;
    const read = () => value;
    const runWith = (given, fn) => fn();
    const spawned = (fn) => fn;`,
    AsyncLocalStorage: `
    import { AsyncResource } from 'node:async_hooks';
    const read = () => storage.getStore().user;
    const runWith = (value, fn) => storage.run(value, fn);
    const spawned = (fn) => AsyncResource.bind(fn);`,
    'zone.js, async lowered': `
    const task = Zone.current.fork({ name: 'value', properties: { value: 1 } });
    const read = () => task.get('value');
    const runWith = (value, fn) => Zone.current.fork({ name: 'value', properties: { value } }).run(fn);
    const spawned = (fn) => Zone.current.wrap(fn, 'spawned');`,
  }),
  throughline: {
    ...compiled(false),
    head: `
      import { register, setLocal } from '@throughline/runtime';
      import { AsyncContext } from '@throughline/runtime/async-context';
      import { spawn } from '@throughline/runtime/compiled';
      const slot = register(0, { join: (mine, theirs) => Math.max(mine, theirs) });
      const variable = new AsyncContext.Variable();
      const inContext = (run) => (setLocal(slot, 1), variable.run(1, run));
      const read = () => variable.get();
      const runWith = (value, fn) => variable.run(value, fn);
      const spawned = spawn;`,
  },
};
