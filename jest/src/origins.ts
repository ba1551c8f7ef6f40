import type { Cause, Context, Place, Site, Slot, Source, Task } from './ledger/index.js';

/** Whose the running code is, and what of how it came there is in no table of spawn points. */
interface Origin {
  readonly task: Task;
  readonly call: Call | undefined;
  /** It came through a listener of this task, which another strand set off. */
  readonly via: Via | undefined;
  /** Set in the frame that is kept for a listener: how the listener was added. */
  readonly added?: Trail;
}

/** A call of an async function: the spawn point that it is, and what a stack says of where it was. */
interface Call {
  readonly cause: Cause;
  readonly outer: Call | undefined;
  stack?: string;
}

interface Via {
  /** The spawn point that the other strand had come to. */
  readonly trigger: Cause | undefined;
  readonly added: Trail;
}

/** What the ledger is given for a cause. */
interface Trail {
  readonly cause: Cause | undefined;
  readonly call: Call | undefined;
  readonly via: Via | undefined;
}

/** How far a call at the same place is looked for, so that a loop does not grow a list. */
const LOOK_BACK = 8;

/** How many lines are between a call and the project's own code, at most: Jest takes a hundred. */
const STACK_DEPTH = 16;

/**
 * Follows tasks along causality: the one slot of this package.
 *
 * A spawn point that is an async function is known by where it is written; whoever reads a report looks for
 * the line that called it, and that line is in no table, so a stack is noted.
 */
export class Origins {
  readonly #slot: Slot<Origin | undefined>;

  constructor(
    private readonly source: Source,
    /** The line of the program that called a function, in a stack that was taken within it. */
    private readonly callerIn: (stack: string) => Place | undefined,
  ) {
    this.#slot = source.register<Origin | undefined>(undefined, this.#join);
  }

  /** The task of the running code. */
  get task(): Task | undefined {
    return this.source.get(this.#slot)?.task;
  }

  run<R>(task: Task | undefined, fn: () => R): R {
    const origin = task && { task, call: undefined, via: undefined };
    return this.source.runWith(this.#slot, origin, fn);
  }

  here(): Cause {
    return this.#trail(this.source.currentCause(), this.source.get(this.#slot));
  }

  /** The same of another place. */
  at(context: Context): { readonly task: Task | undefined; readonly cause: Cause } {
    const origin = context.get(this.#slot);
    return { task: origin?.task, cause: this.#trail(context.cause, origin) };
  }

  #trail(cause: Cause | undefined, origin: Origin | undefined): Trail {
    return { cause, call: origin?.call, via: origin?.via };
  }

  /** An async function was called. */
  readonly called = (cause: Cause): void => {
    const origin = this.source.get(this.#slot);
    if (origin === undefined) return;
    let outer = origin.call;
    let before = outer;
    for (let i = 0; before !== undefined && i < LOOK_BACK; i++, before = before.outer) {
      if (before.cause === cause) outer = before.outer;
    }
    const call: Call = { cause, outer };
    // Engines format a stack when it is asked for: only when it is reported.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = STACK_DEPTH;
    Error.captureStackTrace(call, this.called);
    Error.stackTraceLimit = stackTraceLimit;
    this.source.set(this.#slot, { task: origin.task, call, via: origin.via });
  };

  /** A listener is about to be added, in the frame that is kept for it; and is. */
  readonly listening = (): void => {
    const origin = this.source.get(this.#slot);
    if (origin) this.source.set(this.#slot, { ...origin, added: this.here() as Trail });
  };
  readonly listened = (): void => {
    const { added, ...origin } = this.source.get(this.#slot) ?? {};
    if (added) this.source.set(this.#slot, origin as Origin);
  };

  /**
   * Whose a strand is that takes in another one: it stays its own, also when what it waited for was begun
   * by a test that is over. But a listener which a task left behind is that task's, whoever sets it off:
   * the other one knows nothing of it.
   */
  readonly #join = (mine: Origin | undefined, theirs: Origin | undefined): Origin | undefined => {
    if (theirs?.added && theirs.task.isOver && !mine?.task.isOver) {
      const via = { trigger: this.source.currentCause(), added: theirs.added };
      return { task: theirs.task, call: mine?.call, via };
    }
    if (mine?.added === undefined) return mine;
    const { task, call, via } = mine;
    return { task, call, via };
  };

  /** The spawn points of what `here` gave, the latest first. */
  readonly chainOf = (given: Cause | undefined): Site[] => {
    const { cause, call, via } = (given ?? {}) as Partial<Trail>;
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
    // The runtime puts the place where a listener was added before those that set it off.
    if (isSame(chain.at(-1), added[0])) chain.pop();
    return [...chain, ...added];
  };
}

function isSame(one: Site | undefined, other: Site | undefined): boolean {
  return one?.file === other?.file && one?.line === other?.line && one?.column === other?.column;
}

function find(calls: Call | undefined, cause: Cause): Call | undefined {
  let at = calls;
  while (at !== undefined && at.cause !== cause) at = at.outer;
  return at;
}
