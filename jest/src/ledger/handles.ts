// Timers, servers, sockets, workers and children, as Node tells of them (`async_hooks`), which sees what
// code that was not compiled opens as well.
import { createHook, executionAsyncId } from 'node:async_hooks';
import type { Entry, Ledger } from './ledger.js';
import type { Cause } from './source.js';
import type { Place, Task } from './task.js';

/** What can keep a process open, by the name of its resource, in people's words. */
const handles: Readonly<Record<string, string>> = {
  Timeout: 'timer',
  TCPSERVERWRAP: 'server',
  PIPESERVERWRAP: 'server',
  TCPWRAP: 'socket',
  PIPEWRAP: 'socket',
  UDPWRAP: 'socket',
  TLSWRAP: 'socket',
  HTTP2SESSION: 'socket',
  WORKER: 'worker',
  MESSAGEPORT: 'port',
  PROCESSWRAP: 'child',
  FSEVENTWRAP: 'file watcher',
  STATWATCHER: 'file watcher',
  SIGNALWRAP: 'signal handler',
};

/** What opens others of its own. */
const weights: Readonly<Record<string, number>> = { server: 1, worker: 1, child: 1 };

/** Promises are followed by frames; there are too many of them to look at. */
const PASSED_OVER = 'PROMISE';

interface Resource {
  hasRef?(): boolean | undefined;
  readonly _repeat?: number | null;
  readonly _idleTimeout?: number;
  readonly _destroyed?: boolean;
}

/** Jest waits as long for a process to end before it says that it does not. */
const SOON_MS = 1000;

function isSoonOver({ _repeat, _idleTimeout = Infinity }: Resource): boolean {
  return typeof _repeat !== 'number' && _idleTimeout <= SOON_MS;
}

/** Who is running, asked when a handle is made. */
export interface Asked {
  owner(): Task | undefined;
  cause(): Cause | undefined;
  /** The line of the program in a stack. */
  placeIn(stack: string): Place | undefined;
  /** Whether a handle that was made there is somebody else's to see to. */
  ignores?(stack: string, owner: Task): boolean;
}

/** Whoever made a resource. What the platform makes for it later (a server's socket) is theirs. */
interface Maker {
  readonly owner: Task;
  readonly cause: Cause | undefined;
  stack?: string;
}

/** Enters every handle that a task opens into the ledger, until the returned function is called. */
export function watchHandles(ledger: Ledger, asked: Asked): () => void {
  const makers = new Map<number, Maker>();

  function makerOf(trigger: number): Maker | undefined {
    const owner = asked.owner();
    if (owner === undefined) return makers.get(trigger) ?? makers.get(executionAsyncId());
    return { owner, cause: asked.cause() };
  }

  const hook = createHook({
    init: function init(id, type, trigger, resource: Resource) {
      if (type === PASSED_OVER) return;
      const maker = makerOf(trigger);
      if (maker === undefined) return;
      makers.set(id, maker);
      const what = handles[type];
      if (what === undefined) return;
      // Engines format a stack when it is asked for, so a timer that is cleared costs no more than this.
      if (maker.stack === undefined) Error.captureStackTrace(maker, init);
      ledger.opened(id, entryOf(what, maker, resource, asked));
    },
    // No `destroy`: with one, Node watches the garbage collection of every promise. Handles are asked.
    ...({ trackPromises: false } as object),
  });
  hook.enable();
  return () => {
    hook.disable();
    makers.clear();
  };
}

function entryOf(what: string, maker: Maker, resource: Resource, asked: Asked): Entry {
  // A handle that nobody holds any more is as good as closed.
  const held = new WeakRef(resource);
  const stack = (): string => maker.stack ?? '';
  return {
    kind: 'open-handle',
    weight: weights[what] ?? 0,
    what: what === 'timer' && typeof resource._repeat === 'number' ? 'interval' : what,
    owner: maker.owner,
    cause: maker.cause,
    place: () => asked.placeIn(stack()),
    isAlive: () => {
      const now = held.deref();
      if (now === undefined || now._destroyed) return false;
      // Of a handle that is closed, Node says nothing.
      if (typeof now.hasRef === 'function' && now.hasRef() !== true) return false;
      if (what === 'timer' && isSoonOver(now)) return false;
      return !asked.ignores?.(stack(), maker.owner);
    },
  };
}
