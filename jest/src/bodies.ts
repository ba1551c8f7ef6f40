/** A function of a test or a hook, as Circus calls it. */
export type Body = (this: unknown, ...args: unknown[]) => unknown;

/**
 * A function that has `run` call the body, and tells when `done` is called. Circus tells functions apart: by their length, whether they
 * take `done`; and a generator function is run by `co`.
 */
export function runBy(run: (body: () => unknown) => unknown, body: Body, isDone: () => void): Body {
  const isGenerator = Object.prototype.toString.call(body) === '[object GeneratorFunction]';
  const stand: Body = isGenerator
    ? // The body of a generator runs in steps, and each of them is the test's.
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
            args.map((done) => telling(done, isDone)),
          ),
        );
      };
  return Object.defineProperty(stand, 'length', { value: body.length });
}

/** All that a body is given is `done`. */
function telling(done: unknown, isDone: () => void): unknown {
  if (typeof done !== 'function') return done;
  return (...args: unknown[]): unknown => {
    isDone();
    return Reflect.apply(done, undefined, args);
  };
}
