import type { Incident } from '../entry.js';
import type { Owner } from '../owner.js';
import type { Source } from '../source.js';
import type { Expectations } from './expectations.js';
import type { Incidents } from './incidents.js';
import type { Origins } from './origins.js';
import type { StackReader } from './stack-reader.js';

/** The inputs for assigning failures to tests. */
export interface FailureSource {
  readonly source: Source;
  readonly origins: Origins;
  readonly stacks: StackReader;
  readonly expectations: Expectations;
  readonly incidents: Incidents;
}

/** A rejection that nobody handled so far. */
interface Rejection {
  readonly error: unknown;
  readonly tell: () => void;
}

/** Assigns uncaught exceptions and unhandled rejections to the test that caused them. */
export class Failures {
  /** Unhandled rejections, which may still be handled before the file ends. */
  readonly #rejections = new Map<object, Rejection>();

  constructor(private readonly from: FailureSource) {}

  /**
   * Records an uncaught exception, or a rejection of `promise`, and returns the owner that caused it. Where
   * causality shows none, `otherwise` is asked. Returns undefined when there is none either.
   */
  note(
    error: unknown,
    promise: object | undefined,
    otherwise: () => Owner | undefined = () => undefined,
  ): Owner | undefined {
    const { source, origins, stacks, expectations, incidents } = this.from;
    const waiting = promise && expectations.waitingFor(promise);
    if (waiting) {
      this.#rejections.set(promise, { error, tell: waiting.tell });
      return waiting.owner;
    }
    const context = promise ? source.contextOf(promise) : source.contextOfFailure(error);
    const known = context && origins.at(context);
    const owner = known?.owner ?? otherwise();
    if (owner === undefined) return undefined;
    const { message = String(error), stack } = Object(error) as {
      message?: string;
      stack?: string;
    };
    const kind = promise ? 'rejection' : 'exception';
    const cause = known?.owner && known.cause;
    const thrown = stacks.first(stack ?? '');
    const incident: Incident = {
      kind,
      what: kind,
      message,
      owner,
      cause,
      ...(thrown && { thrown }),
    };
    // The matcher that threw it was reported when it ran.
    const isTold =
      expectations.isTold(error) ||
      (owner.isOver && Object.hasOwn(Object(error) as object, 'matcherResult'));
    const tell = isTold ? () => {} : incidents.recorder(incident, stack);
    if (promise) this.#rejections.set(promise, { error, tell });
    else tell();
    return owner;
  }

  /** Returns the owner of a failure, or undefined when causality shows none. */
  ownerOf(error: unknown, promise: object | undefined): Owner | undefined {
    const { source, origins } = this.from;
    const context = promise ? source.contextOf(promise) : source.contextOfFailure(error);
    return context && origins.at(context).owner;
  }

  /** Like `note`, once the file is over: records nothing unless causality shows the owner. Returns true if it did. */
  noteLate(error: unknown, promise: object | undefined): boolean {
    const isKnown = this.note(error, promise) !== undefined;
    this.settle();
    return isKnown;
  }

  /** Returns the error of a rejection that nobody had handled. */
  errorOf(promise: object): unknown {
    return this.#rejections.get(promise)?.error;
  }

  /** Drops a rejection that is handled after all. */
  drop(promise: object): void {
    this.#rejections.delete(promise);
  }

  /** Records the rejections that nobody has handled, and forgets them. */
  settle(): void {
    const all = [...this.#rejections.values()];
    this.#rejections.clear();
    for (const { tell } of all) tell();
  }
}
