import { EventEmitter } from 'node:events';
import { Ledger, Owner } from '../../ledger/src/index';
import type { Site } from '../../ledger/src/index';

interface Cause {
  readonly site: Site;
  readonly parent: Cause | undefined;
}
function chainOf(cause: object | undefined): Site[] {
  const { site, parent } = (cause ?? {}) as Partial<Cause>;
  return site ? [site, ...chainOf(parent)] : [];
}

const site = (line: number, kind = 'timer', name = 'setTimeout'): Site => ({
  file: 'cart.js',
  line,
  column: 2,
  kind,
  name,
});
const cause = (...lines: number[]): Cause =>
  lines.reduceRight<Cause | undefined>(
    (parent, line) => ({ site: site(line), parent }),
    undefined,
  ) as Cause;
const test_ = (name: string, scope?: Owner): Owner => new Owner('test', [name], undefined, scope);
const hook = (name: string, scope: Owner): Owner => new Owner('hook', [name], undefined, scope);
const bus = (): object => ({});

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger(chainOf);
});
/** What is found at the end, as short lines. */
function found(): string[] {
  ledger.collectLeaks();
  return ledger
    .take()
    .map(({ finding }) => `${finding.owner.name}: ${finding.what} x${finding.times}`);
}

describe('what began and did not end', () => {
  const interval = (owner: Owner, isAlive?: () => boolean) =>
    ({
      kind: 'open-handle',
      what: 'interval',
      owner,
      cause: cause(3, 1),
      ...(isAlive && { isAlive }),
    }) as const;

  test('is found once its task is over', () => {
    const cart = test_('cart');
    ledger.open(1, interval(cart));
    expect(found()).toEqual([]);

    ledger.open(1, interval(cart));
    cart.close();
    expect(found()).toEqual(['cart: interval x1']);
  });

  test('is not found when it was closed, or is no longer alive', () => {
    const cart = test_('cart');
    ledger.open(1, interval(cart));
    ledger.open(
      2,
      interval(cart, () => false),
    );
    ledger.close(1);
    cart.close();
    expect(found()).toEqual([]);
  });

  test('of one place is one finding', () => {
    const cart = test_('cart');
    for (const key of [1, 2, 3]) ledger.open(key, interval(cart));
    cart.close();
    expect(found()).toEqual(['cart: interval x3']);
  });

  test('that belongs to another handle of the same place is not found', () => {
    const cart = test_('cart');
    ledger.open(1, { ...interval(cart), what: 'socket' });
    ledger.open(2, { ...interval(cart), what: 'child', weight: 1 });
    cart.close();
    expect(found()).toEqual(['cart: child x1']);
  });

  test('is found where an async function was called, when that is known', () => {
    const cart = test_('cart');
    const calledAt = { file: 'cart.test.js', line: 7, column: 4 };
    const called = { site: { ...site(3, 'async', 'poll'), calledAt }, parent: undefined };
    ledger.open(1, { ...interval(cart), cause: called });
    cart.close();
    ledger.collectLeaks();
    expect(ledger.take()[0]!.finding.position).toEqual(calledAt);
  });

  test('names the nearest spawn point, and those before it', () => {
    const cart = test_('cart');
    ledger.open(1, interval(cart));
    cart.close();
    ledger.collectLeaks();
    const { finding } = ledger.take()[0]!;

    expect(finding.position).toMatchObject({ file: 'cart.js', line: 3 });
    expect(finding.chain.map(({ line }) => line)).toEqual([3, 1]);
  });

  test('of a hook lasts as long as what the hook is for', () => {
    const block = new Owner('describe', ['shop'], undefined);
    ledger.open(1, interval(hook('beforeAll of shop', block)));
    expect(found()).toEqual([]);

    ledger.open(1, interval(hook('beforeAll of shop', block)));
    block.close();
    expect(found()).toEqual(['beforeAll of shop: interval x1']);
  });
});

describe('listeners', () => {
  const heard = { name: 'change', listener: () => {} };

  test('on what only their task knows go with it', () => {
    const cart = test_('cart');
    ledger.addListener({ target: bus(), ...heard }, cart, cause(1));
    cart.close();
    expect(found()).toEqual([]);
  });

  test('on what two tests know stay', () => {
    const [first, second] = [test_('first'), test_('second')];
    const target = bus();
    ledger.addListener({ target, ...heard }, first, cause(1));
    ledger.removeListener({ target, ...heard }, first);
    ledger.addListener({ target, ...heard }, second, cause(2));
    for (const task of [first, second]) task.close();
    expect(found()).toEqual(['second: change x1']);
  });

  test('on what a module made stay', () => {
    const cart = test_('cart');
    const target = bus();
    ledger.addListener({ target, ...heard }, undefined, undefined);
    ledger.addListener({ target, name: 'other', listener: () => {} }, cart, cause(1));
    cart.close();
    expect(found()).toEqual(['cart: other x1']);
  });

  test('on what is known to outlive every test stay, until they are taken away', () => {
    const cart = test_('cart');
    const target = bus();
    ledger.markLasting(target);
    ledger.addListener({ target, ...heard }, cart, cause(1));
    ledger.addListener({ target, ...heard }, cart, cause(1));
    ledger.removeListener({ target, ...heard }, undefined);
    cart.close();
    expect(found()).toEqual(['cart: change x1']);
  });

  test('that go by themselves, or that an emitter no longer has, are not found', () => {
    const cart = test_('cart');
    const emitter = new EventEmitter();
    ledger.markLasting(emitter, globalThis);
    ledger.addListener({ target: emitter, ...heard }, cart, cause(1));
    ledger.addListener({ target: globalThis, ...heard, options: { once: true } }, cart, cause(2));
    const signal = AbortSignal.abort();
    ledger.addListener({ target: globalThis, ...heard, options: { signal } }, cart, cause(3));
    cart.close();
    expect(found()).toEqual([]);
  });

  test('that a hook adds to what it made for its test go with the test', () => {
    const cart = test_('cart');
    const target = bus();
    ledger.addListener({ target, ...heard }, hook('beforeEach of cart', cart), cause(1));
    ledger.removeListener({ target, name: 'other', listener: undefined }, cart);
    cart.close();
    expect(found()).toEqual([]);
  });
});

describe('what happened', () => {
  test('names its task, and the one that was running', () => {
    const [first, second] = [test_('first'), test_('second')];
    const log = { kind: 'late-console', what: 'console.log', message: 'late' } as const;
    ledger.record({ ...log, owner: first, cause: cause(4), during: second });
    ledger.record({ ...log, owner: first, cause: cause(4), during: second });

    expect(ledger.take().map(({ finding }) => finding)).toEqual([
      {
        ...log,
        owner: { kind: 'test', name: 'first', fullName: 'first' },
        during: 'second',
        position: { file: 'cart.js', line: 4, column: 2 },
        chain: [site(4)],
        times: 2,
      },
    ]);
    expect(ledger.take()).toEqual([]);
  });

  test('is plain data', () => {
    ledger.record({
      kind: 'exception',
      what: 'exception',
      owner: new Owner('test', ['cart'], () => ({ file: 'cart.test.js', line: 2, column: 0 })),
      cause: cause(9, 8),
    });
    const findings = ledger.take().map(({ finding }) => finding);
    expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
  });
});

test('a test that is run again is not over', () => {
  const cart = test_('cart');
  cart.close();
  cart.reopen();
  expect(cart.isOver).toBe(false);
});
