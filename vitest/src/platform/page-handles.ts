// Timers, sockets and workers of a page. No engine tells of them there, so the functions and constructors that open
// them are replaced by proxies, for the time that a file runs.
import type { FileWatch, Owner } from '@throughline/ledger';

type Fn = (...args: unknown[]) => unknown;
type Constructor = new (...args: unknown[]) => object;

/** A timer that ends within this time, in milliseconds, by itself is no finding. */
const SOON_MS = 1000;

/** What opens a timer: its name in reports, and the function that closes it. */
const timers: Readonly<Record<string, readonly [what: string, closer: string]>> = {
  setTimeout: ['timer', 'clearTimeout'],
  setInterval: ['interval', 'clearInterval'],
};

/** What opens a connection: its name in reports, and whether an instance is still open. */
const connections: Readonly<
  Record<string, readonly [what: string, isOpen: (it: object) => boolean]>
> = {
  WebSocket: ['socket', (it) => (it as WebSocket).readyState < WebSocket.CLOSING],
  EventSource: ['event source', (it) => (it as EventSource).readyState < EventSource.CLOSED],
  Worker: ['worker', (it) => !ended.has(it)],
  BroadcastChannel: ['channel', (it) => !ended.has(it)],
};
/** The method that ends what has no state to ask for. */
const enders: Readonly<Record<string, string>> = { Worker: 'terminate', BroadcastChannel: 'close' };
const ended = new WeakSet<object>();

/** Records the handles that are opened, until the returned function is called. */
export function watchPageHandles(
  watch: FileWatch,
  collecting: () => Owner | undefined,
): () => void {
  const page = globalThis as unknown as Record<string, unknown>;
  const undo: (() => void)[] = [];
  let isInTimer = false;

  function replace(name: string, stand: (original: never) => unknown): void {
    const original = page[name];
    if (typeof original !== 'function') return;
    const replacement = stand(original as never);
    page[name] = replacement;
    undo.push(() => {
      if (page[name] === replacement) page[name] = original;
    });
  }

  function open(key: unknown, what: string, isAlive: () => boolean, from: object): void {
    const owner = watch.owner ?? collecting();
    if (owner === undefined) return;
    const { stack = '' } = from as { stack?: string };
    const cause = watch.here();
    const position = () => watch.stacks.first(stack);
    watch.ledger.open(key, { kind: 'open-handle', what, owner, cause, position, isAlive });
  }

  for (const [opener, [what, closer]] of Object.entries(timers)) {
    const running = new Set<unknown>();
    const isInterval = what === 'interval';
    replace(
      opener,
      (original: Fn) =>
        new Proxy(original, {
          apply(target, self, args: unknown[]) {
            const [callback, ms = 0] = args;
            const wasInTimer = isInTimer;
            const timed = (...given: unknown[]): unknown => {
              if (!isInterval) running.delete(id);
              const before = isInTimer;
              isInTimer = true;
              try {
                return Reflect.apply(callback as Fn, undefined, given);
              } finally {
                isInTimer = before;
              }
            };
            const passed = typeof callback === 'function' ? [timed, ...args.slice(1)] : args;
            const id: unknown = Reflect.apply(target, self, passed);
            running.add(id);
            const from = captured();
            const cause = watch.here();
            const isLoop = (): boolean => {
              const at = watch.stacks.first(from.stack);
              const chain = watch.origins.chainOf(cause);
              return (
                wasInTimer && chain.some(({ file, line }) => file === at?.file && line === at.line)
              );
            };
            const isAlive = (): boolean =>
              running.has(id) && (isInterval || Number(ms) > SOON_MS || isLoop());
            open({}, what, isAlive, from);
            return id;
          },
        }),
    );
    replace(
      closer,
      (original: Fn) =>
        new Proxy(original, {
          apply(target, self, args: unknown[]) {
            running.delete(args[0]);
            return Reflect.apply(target, self, args) as unknown;
          },
        }),
    );
  }
  for (const [name, [what, isOpen]] of Object.entries(connections)) {
    replace(name, (original: Constructor) => {
      watchEnd(original, enders[name]);
      return new Proxy(original, {
        construct(target, args: unknown[], newTarget) {
          const made = Reflect.construct(target, args, newTarget) as object;
          open(made, what, () => isOpen(made), captured());
          return made;
        },
      });
    });
  }
  return () => {
    for (const one of undo) one();
  };
}

const watchedEnds = new WeakSet<object>();

/** Notes when an object that shows no state is ended. */
function watchEnd({ prototype }: Constructor, name: string | undefined): void {
  if (name === undefined || watchedEnds.has(prototype as object)) return;
  watchedEnds.add(prototype as object);
  const methods = prototype as Record<string, Fn>;
  methods[name] = new Proxy(methods[name]!, {
    apply(target, self: object, args: unknown[]) {
      ended.add(self);
      return Reflect.apply(target, self, args) as unknown;
    },
  });
}

function captured(): { readonly stack: string } {
  return { stack: new Error().stack ?? '' };
}
