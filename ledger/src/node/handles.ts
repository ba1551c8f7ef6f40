// Timers, servers, sockets, workers and child processes, as Node's `async_hooks` reports them. The hooks also see
// handles that uninstrumented code opens.
import { createHook, executionAsyncId } from 'node:async_hooks';
import type { Entry } from '../entry.js';
import type { Ledger } from '../ledger.js';
import type { Owner, SourcePosition } from '../owner.js';
import type { Cause, Site } from '../source.js';
import { handles, isClosed, isReused, isSoonOver, weights } from './handle-state.js';
import type { Resource } from './handle-state.js';
import { readStack } from './read-stack.js';

/** The type to skip: there are too many promises, and frames follow them anyway. */
const PASSED_OVER = 'PROMISE';

/** The stack depth that reaches the program through Node and a library. Jest sets the limit to 100, which costs more. */
const STACK_DEPTH = 32;

/** To wait less than this, in milliseconds, is not worth a word. */
const SLEPT_MS = 50;

/** Questions about the running code, asked when a handle is created. */
export interface HandleContext {
  owner(): Owner | undefined;
  cause(): Cause | undefined;
  /** Finds the program's own line in a stack. */
  positionIn(stack: string): SourcePosition | undefined;
  /** Returns true for files whose frames can be left out of stacks. */
  isForeign?(file: string): boolean;
  /** Returns the spawn points of a cause, latest first. */
  chainOf(cause: Cause | undefined): readonly Site[];
  /** Returns true for a handle that is not the program's responsibility. */
  ignores?(stack: string, owner: Owner): boolean;
  /** Called when a timer has run out while its owner was waiting, if that is wanted. */
  slept?(timer: FiredTimer): void;
}

/** A timer that has run out. */
export interface FiredTimer {
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  readonly ms: number;
  readonly stack: string;
}

/** The creator of a resource. Resources that the platform adds later, such as a server's sockets, inherit it. */
interface Maker {
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  stack?: string;
  /** The creator of what led to it, if the owner is the same. */
  before?: Maker;
  /** True for what a callback of a timer has created. */
  isInTimer?: boolean;
}

/** A running observation of handles. */
export interface HandleWatch {
  stop(): void;
  /** Forgets handles that are closed. Call it between tests. */
  sweep(): void;
  /** Returns the program's line that opened what the running code belongs to: a request, for its failure. */
  lineHere(): SourcePosition | undefined;
}

// Read once: a test may remove or replace the globals, and what throws in a hook ends the process.
const { WeakRef } = globalThis;

/** Records every handle that an owner opens in the ledger. */
export function watchHandles(ledger: Ledger, asked: HandleContext): HandleWatch {
  const makers = new Map<number, Maker>();
  const timers = new Set<number>();
  const { slept } = asked;
  /** The entries of sockets, which may be used again. */
  const keys = new WeakMap<object, number>();
  /** What is over once the event loop has turned. */
  const passing: number[] = [];
  /** The timers that have not run out, if somebody wants to know when they do. */
  const waiting = new Map<number, Omit<FiredTimer, 'stack'> & { readonly maker: Maker }>();

  function makerOf(trigger: number): Maker | undefined {
    const owner = asked.owner();
    const running = executionAsyncId();
    const before = makers.get(trigger) ?? makers.get(running);
    if (owner === undefined) return before;
    const maker: Maker = { owner, cause: asked.cause() };
    if (before?.owner === owner) maker.before = before;
    if (timers.has(running)) maker.isInTimer = true;
    return maker;
  }

  const hook = createHook({
    init: function init(id, type, trigger, resource: object) {
      if (type === PASSED_OVER) return;
      try {
        note(init, id, type, trigger, resource);
      } catch {
        // A test has replaced what is used here. To throw in a hook would end the process.
      }
    },
    ...(slept && {
      before(id) {
        const fired = waiting.get(id);
        if (fired === undefined) return;
        waiting.delete(id);
        const { maker, ...timer } = fired;
        if (!timer.owner.isOver) slept({ ...timer, stack: readStack(maker, asked.isForeign) });
      },
    }),
    // No `destroy`: with it, Node tracks the garbage collection of every promise. `isAlive` asks the handles instead.
    ...({ trackPromises: false } as object),
  });

  /** Notes that a resource was created. Frames above `init` are left out of its stack. */
  function note(init: object, id: number, type: string, trigger: number, given: object): void {
    const resource: Resource = isReused(given) ? given.handle : given;
    const maker = makerOf(trigger);
    if (maker === undefined) return;
    makers.set(id, maker);
    const what = handles[type];
    if (what === undefined) {
      if (type === 'TickObject' || type === 'Microtask') passing.push(id);
      return;
    }
    if (what === 'timer' || what === 'immediate') timers.add(id);
    const ms = resource._idleTimeout ?? 0;
    const isSlept = slept !== undefined && what === 'timer' && ms >= SLEPT_MS;
    // It can be no finding: a test may set thousands of them.
    if (isSoonOver(what, resource) && !maker.isInTimer && !isSlept) return;
    // Engines format a stack when it is read, so a timer that is cleared costs only the capture.
    if (maker.stack === undefined) {
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = Math.min(stackTraceLimit, STACK_DEPTH);
      Error.captureStackTrace(maker, init as () => void);
      Error.stackTraceLimit = stackTraceLimit;
    }
    // A connection of a pool belongs to who uses it now.
    const before = keys.get(resource);
    if (before !== undefined) ledger.close(before);
    if (what === 'socket') keys.set(resource, id);
    ledger.open(id, entryOf(what, maker, resource, asked));
    if (isSlept && typeof resource._repeat !== 'number') {
      waiting.set(id, { maker, owner: maker.owner, cause: maker.cause, ms });
    }
  }

  hook.enable();
  return {
    stop() {
      hook.disable();
      makers.clear();
      timers.clear();
      waiting.clear();
    },
    sweep() {
      for (const id of passing.splice(0)) makers.delete(id);
      for (const id of ledger.sweep() as number[]) {
        makers.delete(id);
        timers.delete(id);
      }
    },
    lineHere() {
      for (let at = makers.get(executionAsyncId()); at; at = at.before) {
        const position = positionOf(at, asked);
        if (position) return position;
      }
      return undefined;
    },
  };
}

/**
 * Returns the maker that knows where in the program a handle comes from: the one in whose stack the program has a line, or
 * else what led to it. A server listens in a callback of Node's own, after the program has called `listen`.
 */
function sourceOf(maker: Maker, asked: HandleContext): Maker {
  return positionOf(maker, asked) === undefined ? (maker.before ?? maker) : maker;
}

function positionOf(maker: Maker, asked: HandleContext): SourcePosition | undefined {
  return asked.positionIn(readStack(maker, asked.isForeign));
}

function entryOf(what: string, maker: Maker, resource: Resource, asked: HandleContext): Entry {
  // A handle that was garbage collected counts as closed.
  const held = new WeakRef(resource);
  return {
    kind: 'open-handle',
    weight: weights[what] ?? 0,
    what: what === 'timer' && typeof resource._repeat === 'number' ? 'interval' : what,
    owner: maker.owner,
    get cause() {
      return sourceOf(maker, asked).cause;
    },
    position: () => positionOf(maker, asked),
    isGone: () => {
      const now = held.deref();
      return now === undefined || now._destroyed === true;
    },
    isAlive: () => {
      const now = held.deref();
      if (now === undefined || now._destroyed) return false;
      if (isClosed(now)) return false;
      // To read a stack takes long, and thousands of timers may be about to end.
      const isAgain = (): boolean =>
        maker.isInTimer === true && isLoop(asked.chainOf(maker.cause), positionOf(maker, asked));
      if (isSoonOver(what, now) && !isAgain()) return false;
      return !asked.ignores?.(readStack(maker, asked.isForeign), maker.owner);
    },
  };
}

/** Returns true if what was started at a line led to it being started again. */
function isLoop(chain: readonly Site[], at: SourcePosition | undefined): boolean {
  return chain.some(({ file, line }) => file === at?.file && line === at.line);
}
