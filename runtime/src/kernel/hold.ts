let value: unknown;

/**
 * Holds the receiver of a call until the method is read from it, which is the very next thing that happens:
 *
 *   helper(hold(f()), held().on, args)
 *
 * A variable in the module or the function would keep the receiver alive for as long as that lives.
 */
export function hold<T>(receiver: T): T {
  value = receiver;
  return receiver;
}

/** Returns the held receiver, and lets go of it. */
export function held(): unknown {
  const receiver = value;
  value = undefined;
  return receiver;
}

/** Returns its first argument: `first(t, t = void 0)` reads a variable for the last time and clears it. */
export function first<T>(taken: T): T {
  return taken;
}
