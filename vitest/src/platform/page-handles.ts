// Timers, sockets and workers of a page. No engine tells of them there, so the functions and constructors that open
// them are replaced by proxies, for the time that a file runs.
import type { Cause, FileWatch, Owner } from '@throughline/ledger';
import type { Handles } from './platform.js';

type Fn = (...args: unknown[]) => unknown;
type Constructor = new (...args: unknown[]) => object;
type IsOpen = (opened: object) => boolean;

/** A timer that ends within this time, in milliseconds, by itself is no finding. */
const SOON_MS = 1000;
/** To wait less than this, in milliseconds, is not worth a word. */
const SLEPT_MS = 50;

/** What opens a connection: its name in reports, and whether an instance is still open. */
const connections: Readonly<Record<string, readonly [what: string, isOpen: IsOpen]>> = {
  WebSocket: ['socket', (it) => (it as WebSocket).readyState < WebSocket.CLOSING],
  EventSource: ['event source', (it) => (it as EventSource).readyState < EventSource.CLOSED],
  Worker: ['worker', (it) => !ended.has(it)],
  BroadcastChannel: ['channel', (it) => !ended.has(it)],
};
/** The method that ends what has no state to ask for. */
const enders: Readonly<Record<string, string>> = { Worker: 'terminate', BroadcastChannel: 'close' };
const ended = new WeakSet<object>();
const withWatchedEnd = new WeakSet<object>();

/** Records the handles that are opened. */
export function watchPageHandles(watch: FileWatch, collecting: () => Owner | undefined): Handles {
  const page = new Replacements();
  const opening = (): Opening | undefined => {
    const owner = watch.owner ?? collecting();
    return owner && { owner, cause: watch.here(), stack: new Error().stack ?? '' };
  };
  const open: Open = (what, { owner, cause, stack }, isOpen, counts = () => true) => {
    const position = () => watch.stacks.first(stack);
    const isAlive = (): boolean => isOpen() && counts();
    const isGone = (): boolean => !isOpen();
    const kind = 'open-handle';
    watch.ledger.open({}, { kind, what, owner, cause, position, isAlive, isGone });
  };
  watchTimers(page, watch, opening, open);
  for (const [name, [what, isOpen]] of Object.entries(connections)) {
    page.replace(name, (original: Constructor) => {
      watchEnd(original, enders[name]);
      return new Proxy(original, {
        construct(target, args: unknown[], newTarget) {
          const opened = Reflect.construct(target, args, newTarget) as object;
          const from = opening();
          if (from) open(what, from, () => isOpen(opened));
          return opened;
        },
      });
    });
  }
  return { stop: () => page.restore(), sweep: () => void watch.ledger.sweep() };
}

/** Where in the program something is opened. */
interface Opening {
  readonly owner: Owner;
  readonly cause: Cause;
  readonly stack: string;
}

/** Records something that was opened. It is a finding while it is open, if it counts then. */
type Open = (what: string, from: Opening, isOpen: () => boolean, counts?: () => boolean) => void;

function watchTimers(
  page: Replacements,
  watch: FileWatch,
  opening: () => Opening | undefined,
  open: Open,
): void {
  /** The timers that have not run out. */
  const running = new Set<unknown>();
  let isInTimer = false;
  /** Returns a function that does what a callback does, and notes that a timer calls it. */
  const timed =
    (callback: Fn, called: () => void): Fn =>
    (...given) => {
      called();
      const before = isInTimer;
      isInTimer = true;
      try {
        return Reflect.apply(callback, undefined, given);
      } finally {
        isInTimer = before;
      }
    };
  const isLoop = ({ cause, stack }: Opening): boolean => {
    const at = watch.stacks.first(stack);
    return watch.origins
      .chainOf(cause)
      .some(({ file, line }) => file === at?.file && line === at.line);
  };

  page.proxy('setInterval', (original, [callback, ...rest]) => {
    const from = opening();
    const passed = typeof callback === 'function' ? timed(callback as Fn, () => {}) : callback;
    const id = original(passed, ...rest);
    running.add(id);
    if (from) open('interval', from, () => running.has(id));
    return id;
  });
  page.proxy('setTimeout', (original, [callback, delay, ...rest]) => {
    const from = opening();
    const isSetInTimer = isInTimer;
    const ms = Number(delay ?? 0);
    const end = (): void => {
      running.delete(id);
      if (from && !from.owner.isOver && ms >= SLEPT_MS) watch.slept?.({ ...from, ms });
    };
    const passed = typeof callback === 'function' ? timed(callback as Fn, end) : callback;
    const id: unknown = original(passed, delay, ...rest);
    running.add(id);
    const counts = (): boolean => ms > SOON_MS || (isSetInTimer && isLoop(from!));
    if (from) open('timer', from, () => running.has(id), counts);
    return id;
  });
  for (const closer of ['clearTimeout', 'clearInterval']) {
    page.proxy(closer, (original, [id]) => {
      running.delete(id);
      return original(id);
    });
  }
}

/** Notes when an object that shows no state is ended. */
function watchEnd({ prototype }: Constructor, name: string | undefined): void {
  if (name === undefined || withWatchedEnd.has(prototype as object)) return;
  withWatchedEnd.add(prototype as object);
  const methods = prototype as Record<string, Fn>;
  methods[name] = new Proxy(methods[name]!, {
    apply(target, self: object, args: unknown[]) {
      ended.add(self);
      return Reflect.apply(target, self, args) as unknown;
    },
  });
}

/** Members of the global object that are replaced for a time. */
class Replacements {
  readonly #page = globalThis as unknown as Record<string, unknown>;
  readonly #undo: (() => void)[] = [];

  /** Replaces a function by one that gets the original, to be called with other arguments, and the arguments. */
  proxy(name: string, call: (original: Fn, args: unknown[]) => unknown): void {
    this.replace(name, (original: Fn) => {
      const apply = (target: Fn, self: unknown, args: unknown[]): unknown =>
        call((...passed) => Reflect.apply(target, self, passed), args);
      return new Proxy(original, { apply });
    });
  }

  replace(name: string, stand: (original: never) => unknown): void {
    const original = this.#page[name];
    if (typeof original !== 'function') return;
    const replacement = stand(original as never);
    this.#page[name] = replacement;
    this.#undo.push(() => {
      // Not what a test has put there since then.
      if (this.#page[name] === replacement) this.#page[name] = original;
    });
  }

  restore(): void {
    for (const undo of this.#undo) undo();
  }
}
