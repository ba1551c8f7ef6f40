/** The function of a test or a hook, as Circus calls it. */
export type Body = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Wraps a body so that `run` calls it, and calls `isDone` when the body calls `done`. The wrapper keeps what
 * Circus looks at: the length, which shows that a body takes `done`, and the kind, because generator functions
 * are run by `co`.
 */
export function wrapBody(
  run: (body: () => unknown) => unknown,
  body: Body,
  isDone: () => void,
): Body {
  const isGenerator = Object.prototype.toString.call(body) === '[object GeneratorFunction]';
  const stand: Body = isGenerator
    ? // The body of a generator runs in steps, and each step belongs to the test.
      function* (this: unknown, ...args) {
        const steps = run(() => body.apply(this, args)) as Generator;
        let input: (steps: Generator) => IteratorResult<unknown> = (all) => all.next();
        for (;;) {
          const { done, value } = run(() => input(steps)) as IteratorResult<unknown>;
          if (done) return value;
          try {
            const given: unknown = yield value;
            input = (all) => all.next(given);
          } catch (error) {
            input = (all) => all.throw(error);
          }
        }
      }
    : function (this: unknown, ...args) {
        return run(() =>
          body.apply(
            this,
            args.map((done) => wrapDone(done, isDone)),
          ),
        );
      };
  return Object.defineProperty(stand, 'length', { value: body.length });
}

/** Wraps `done`, the only argument that Circus passes to a body. */
function wrapDone(done: unknown, isDone: () => void): unknown {
  if (typeof done !== 'function') return done;
  return (...args: unknown[]): unknown => {
    isDone();
    return Reflect.apply(done, undefined, args);
  };
}
