// What mocks of test runners record: the functions that the program wrote, and not those that we hand over in their place.

type Functions = (...args: never[]) => unknown;

/** A function of `jest.fn`, `vi.fn` or Sinon that records the arguments of its calls. */
interface Mock extends Functions {
  readonly _isMockFunction?: boolean;
  readonly isSinonProxy?: boolean;
  /** Jest's and Vitest's records. */
  readonly mock?: object;
}

/** What a mock was handed, and what the program wrote in that place. */
const written = new WeakMap<object, unknown>();

/** What was spawned last: from which arguments, and what came of them. */
let given: readonly unknown[] = [];
let made: unknown;
let isForgotten = true;
const done = Promise.resolve();
function forget(): void {
  given = [];
  made = undefined;
  isForgotten = true;
}

/** Notes what a helper made of a callback, in case it is for a mock, until the program's turn is over. */
export function noteMade<T>(result: T, args: readonly unknown[]): T {
  given = args;
  made = result;
  if (isForgotten) {
    isForgotten = false;
    void done.then(forget);
  }
  return result;
}

/** Returns `callback`, the last one that was spawned. If the function it is for is a mock, the mock records the original. */
export function forMock<T>(callee: unknown, callback: T): T {
  if (!isMock(callee) || callback !== made) return callback;
  keepRecords(callee);
  if (!Array.isArray(callback)) noteWritten(callback, given[0]);
  else callback.forEach((one, i) => noteWritten(one, given[given.length - callback.length + i]));
  return callback;
}

/** The call of a mocked method that is under way, and its arguments as the program wrote them. */
let underWay: { method: Mock; args: readonly unknown[] } | undefined;

/** Calls `call`, which calls `method`: the mock records `args`. */
export function recordingAs<R>(method: Mock, args: readonly unknown[], call: () => R): R {
  keepRecords(method);
  const outer = underWay;
  underWay = { method, args };
  try {
    return call();
  } finally {
    underWay = outer;
  }
}

/** Returns true for a function of `jest.fn`, `vi.fn` or Sinon. */
export function isMock(fn: unknown): fn is Mock {
  if (typeof fn !== 'function') return false;
  const { _isMockFunction, isSinonProxy } = fn as Mock;
  return _isMockFunction === true || isSinonProxy === true;
}

function noteWritten(callback: unknown, original: unknown): void {
  const isObject = typeof callback === 'function' || (typeof callback === 'object' && callback);
  if (isObject && callback !== original) written.set(callback as object, original);
}

/** Lists of recorded calls that were seen to. A mock that is cleared has a new one. */
const kept = new WeakSet<object>();

function keepRecords(mock: Mock): void {
  const isSinon = mock.isSinonProxy === true;
  const [holder, key] = isSinon ? ([mock, 'args'] as const) : ([mock.mock!, 'calls'] as const);
  const calls = (holder as Record<string, unknown[] | undefined>)[key];
  if (calls === undefined || kept.has(calls)) return;
  kept.add(calls);
  if (Object.getOwnPropertyDescriptor(holder, key)?.writable !== true) {
    // A getter of older versions of Vitest, which call `push` of the list.
    const value = (args: unknown[]): number =>
      Array.prototype.push.call(calls, asWritten(mock, args));
    Object.defineProperty(calls, 'push', { value, configurable: true, writable: true });
    return;
  }
  const list = new Proxy(calls, {
    set: (target, index, value) =>
      Reflect.set(target, index, Array.isArray(value) ? asWritten(mock, value) : value),
  });
  kept.add(list);
  Reflect.set(holder, key, list);
}

function asWritten(mock: Mock, args: unknown[]): unknown[] {
  if (underWay?.method === mock) {
    const { args: ofProgram } = underWay;
    underWay = undefined;
    return ofProgram.slice();
  }
  return args.map((one) => (written.has(one as object) ? written.get(one as object) : one));
}
