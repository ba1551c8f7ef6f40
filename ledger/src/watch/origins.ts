import type { Owner, SourcePosition } from '../owner.js';
import type { Cause, Context, Site, Slot, Source } from '../source.js';

/** The owner of the running code, and the part of its history that no table of sites holds. */
interface Origin {
  readonly owner: Owner;
  readonly call: Call | undefined;
  /** Set when the code runs in a listener of this owner that another strand triggered. */
  readonly via: Via | undefined;
  /** True in the frame in which a runner calls an instrumented async function: no line of the program calls it. */
  readonly isCalledByRunner?: boolean;
  /** Set in the frame that is kept for a listener: how the listener was added. Removed once it is. */
  readonly added?: Cause;
}

/** A call of an async function: its spawn point, and a stack that shows its caller. */
interface Call {
  readonly cause: Cause;
  readonly outer: Call | undefined;
  stack?: string;
}

interface Via {
  /** The spawn point that the triggering strand had reached. */
  readonly trigger: Cause | undefined;
  readonly added: Cause;
}

/** The value that the ledger holds as an opaque cause, unless the source's own cause tells everything. */
class Trail {
  constructor(
    readonly cause: Cause | undefined,
    readonly call: Call | undefined,
    readonly via: Via | undefined,
  ) {}
}

/** The number of outer calls to search for the same site, so that a loop does not grow the list. */
const LOOK_BACK = 8;

/**
 * The number of calls in one test whose lines are known. A stack costs ten times as much as the call, and a test may
 * make a million of them; reports of later ones name the line of the function.
 */
const MOST_CAPTURES = 2000;

/** The stack depth that reaches the project's own code. Jest sets the limit to 100, which costs more. */
const STACK_DEPTH = 10;

/**
 * Carries the owner along causality, in the only slot of this package.
 *
 * The site of an async function is its definition, but the reader of a report looks for the line that called it.
 * No table holds that line, so a stack is captured.
 */
export class Origins {
  readonly #slot: Slot<Origin | undefined>;
  /** The number of stacks that were captured for each owner. */
  readonly #captures = new WeakMap<Owner, number>();

  constructor(
    private readonly source: Source,
    /** Finds the program's line that called a function, in a stack captured inside the function. */
    private readonly callerIn: (stack: string) => SourcePosition | undefined,
  ) {
    this.#slot = source.register<Origin | undefined>(undefined, this.#join);
  }

  /** The owner of the running code. */
  get owner(): Owner | undefined {
    return this.source.get(this.#slot)?.owner;
  }

  /** Runs `fn` as an owner. `body` is the only function that it calls, if it calls one. */
  run<R>(owner: Owner | undefined, fn: () => R, body?: unknown): R {
    const isCalledByRunner = isInstrumentedAsync(body);
    const origin = owner && { owner, call: undefined, via: undefined, isCalledByRunner };
    return this.source.runWith(this.#slot, origin, fn);
  }

  here(): Cause {
    return this.#trail(this.source.currentCause(), this.source.get(this.#slot));
  }

  /** Returns the owner and the cause of another context. */
  at(context: Context): { readonly owner: Owner | undefined; readonly cause: Cause } {
    const origin = context.get(this.#slot);
    return { owner: origin?.owner, cause: this.#trail(context.cause, origin) };
  }

  #trail(cause: Cause | undefined, { call, via }: Partial<Origin> = {}): Cause {
    return cause && !call && !via ? cause : new Trail(cause, call, via);
  }

  /** Records a call of an async function. */
  readonly called = (cause: Cause): void => {
    const origin = this.source.get(this.#slot);
    if (origin === undefined) return;
    if (origin.isCalledByRunner) {
      this.source.set(this.#slot, { owner: origin.owner, call: undefined, via: undefined });
      return;
    }
    let outer = origin.call;
    let before = outer;
    for (let i = 0; before !== undefined && i < LOOK_BACK; i++, before = before.outer) {
      if (before.cause === cause) outer = before.outer;
    }
    const call: Call = { cause, outer };
    if (this.#mayCapture(origin.owner)) {
      // Engines format a stack when it is read, which happens only when the call is reported.
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = STACK_DEPTH;
      Error.captureStackTrace(call, this.called);
      Error.stackTraceLimit = stackTraceLimit;
    }
    this.source.set(this.#slot, { owner: origin.owner, call, via: origin.via });
  };

  #mayCapture(owner: Owner): boolean {
    const before = this.#captures.get(owner) ?? 0;
    if (before >= MOST_CAPTURES) return false;
    this.#captures.set(owner, before + 1);
    return true;
  }

  /** True in an async function that the runner has called, and not the program. */
  get isRunners(): boolean {
    return this.source.get(this.#slot)?.call?.outer === undefined;
  }

  /** Called before and after a listener is added; before, in the frame that is kept for it. */
  readonly listening = (): void => {
    const origin = this.source.get(this.#slot);
    if (origin) this.source.set(this.#slot, { ...origin, added: this.here() });
  };
  readonly listened = (): void => {
    const { added, ...origin } = this.source.get(this.#slot) ?? {};
    if (added) this.source.set(this.#slot, origin as Origin);
  };

  /**
   * Decides the owner of a strand that joins another one. It keeps its own owner, even when a finished test
   * started what it waited for. But a listener that a finished owner left behind stays with that owner: the
   * strand that triggers it knows nothing of it.
   */
  readonly #join = (mine: Origin | undefined, theirs: Origin | undefined): Origin | undefined => {
    if (theirs?.added && theirs.owner.isOver && !mine?.owner.isOver) {
      const via = { trigger: this.source.currentCause(), added: theirs.added };
      return { owner: theirs.owner, call: mine?.call, via };
    }
    if (mine?.added === undefined) return mine;
    const { owner, call, via } = mine;
    return { owner, call, via };
  };

  /** Returns the spawn points of a cause that `here` returned, latest first. */
  readonly chainOf = (given: Cause | undefined): Site[] => {
    const { cause, call, via } =
      given instanceof Trail ? given : new Trail(given, undefined, undefined);
    const chain: Site[] = [];
    let calls = call;
    for (const step of this.source.stepsOf(cause)) {
      if (via && step.cause === via.trigger) break;
      const found = find(calls, step.cause);
      calls = found?.outer ?? calls;
      const calledAt = found && this.callerIn(found.stack ?? '');
      chain.push(calledAt ? { ...step.site, calledAt } : step.site);
    }
    if (via === undefined) return chain;
    const added = this.chainOf(via.added);
    // The runtime lists the site that added a listener before the sites that triggered it.
    if (isSame(chain.at(-1), added[0])) chain.pop();
    return [...chain, ...added];
  };
}

/** Returns true for an async function that the plugin has rewritten: its text is that of another function. */
function isInstrumentedAsync(fn: unknown): boolean {
  const isAsync = Object.prototype.toString.call(fn) === '[object AsyncFunction]';
  return isAsync && !Function.prototype.toString.call(fn).startsWith('async');
}

function isSame(one: Site | undefined, other: Site | undefined): boolean {
  return one?.file === other?.file && one?.line === other?.line && one?.column === other?.column;
}

function find(calls: Call | undefined, cause: Cause): Call | undefined {
  let at = calls;
  while (at !== undefined && at.cause !== cause) at = at.outer;
  return at;
}
