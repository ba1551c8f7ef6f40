/** What the `using` and `await using` declarations of a block have declared, for the disposal at its end. */
interface Using {
  /** What the block has to await next, if `disposeNext` returned true. */
  awaited: unknown;
  readonly resources: Resource[];
  /** The error with which the block ends, if it does. */
  failure: { error: unknown } | undefined;
  /** The language awaits once if resources were declared by `await using`, even if all of them are null. */
  needsAwait: boolean;
  hasAwaited: boolean;
}

interface Resource {
  readonly value: unknown;
  readonly isAsync: boolean;
  /** Undefined for null and undefined. */
  readonly dispose: (() => unknown) | undefined;
}

type Source = Record<PropertyKey, unknown>;

/** Starts a block with `using` declarations. */
export function openUsing(): Using {
  return {
    awaited: undefined,
    resources: [],
    failure: undefined,
    needsAwait: false,
    hasAwaited: false,
  };
}

/** Declares a resource of `using`, and returns it. Throws a `TypeError` if it cannot be disposed of. */
export function useSync(using: Using, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const dispose = disposalOf(value, Symbol.dispose);
  if (dispose === undefined) throw notFunction(Symbol.dispose);
  using.resources.push({ value, isAsync: false, dispose });
  return value;
}

/** Declares a resource of `await using`, and returns it. Throws a `TypeError` if it cannot be disposed of. */
export function useAsync(using: Using, value: unknown): unknown {
  const dispose = value === null || value === undefined ? undefined : asyncDisposalOf(value);
  using.resources.push({ value, isAsync: true, dispose });
  return value;
}

/** Notes an error of the block or of a disposal. An earlier one is suppressed by it. */
export function failUsing(using: Using, error: unknown): void {
  const { failure } = using;
  using.failure = { error: failure === undefined ? error : suppressing(error, failure.error) };
}

/**
 * Disposes of resources, the last declared first, until the block has to await `awaited`. Returns false when all are
 * disposed of (ECMAScript, DisposeResources).
 */
export function disposeNext(using: Using): boolean {
  const { resources } = using;
  for (let next = resources.pop(); next !== undefined; next = resources.pop()) {
    const { value, isAsync, dispose } = next;
    if (!isAsync && using.needsAwait && !using.hasAwaited) {
      resources.push(next);
      return waitOnce(using);
    }
    if (dispose === undefined) using.needsAwait = true;
    else {
      try {
        using.awaited = Reflect.apply(dispose, value, []);
        if (!isAsync) continue;
        using.hasAwaited = true;
        return true;
      } catch (error) {
        failUsing(using, error);
      }
    }
  }
  return using.needsAwait && !using.hasAwaited && waitOnce(using);
}

/** Disposes of what is left, and throws the error with which the block ends. */
export function closeUsing(using: Using): void {
  disposeNext(using);
  if (using.failure !== undefined) throw using.failure.error;
}

function waitOnce(using: Using): boolean {
  using.needsAwait = false;
  using.awaited = undefined;
  return true;
}

function asyncDisposalOf(value: unknown): () => unknown {
  const dispose = disposalOf(value, Symbol.asyncDispose);
  if (dispose !== undefined) return dispose;
  const sync = disposalOf(value, Symbol.dispose);
  if (sync === undefined) throw notFunction(Symbol.dispose);
  // What it returns is not awaited, and what it throws is.
  return async function (this: unknown) {
    Reflect.apply(sync, this, []);
  };
}

/** Returns the method of a resource, or undefined without one. */
function disposalOf(value: unknown, key: symbol): (() => unknown) | undefined {
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw new TypeError('An object is expected with `using` declarations');
  }
  const method = (value as Source)[key];
  if (method === undefined || method === null) return undefined;
  if (typeof method !== 'function') throw notFunction(key);
  return method as () => unknown;
}

/** As V8 says it. */
function notFunction(key: symbol): TypeError {
  return new TypeError(`${String(key)} is not a function`);
}

/** Returns a `SuppressedError`, or an error like it where the engine has none. */
function suppressing(error: unknown, suppressed: unknown): Error {
  const message = 'An error was suppressed during disposal';
  const { SuppressedError } = globalThis as {
    SuppressedError?: new (error: unknown, suppressed: unknown, message: string) => Error;
  };
  if (typeof SuppressedError === 'function') return new SuppressedError(error, suppressed, message);
  return Object.assign(new Error(message), { name: 'SuppressedError', error, suppressed });
}
