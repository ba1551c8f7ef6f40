import type { Circus } from '@jest/types';
import type { Incident, Owner, Source } from '../ledger/index.js';
import type { StackReader } from '../stack-reader.js';
import { blame, circusEntryOf, testsOf } from './blame.js';
import type { CircusOwners } from './circus-owners.js';
import type { Expectations } from './expectations.js';
import type { Incidents } from './incidents.js';
import type { Origins } from './origins.js';

/** The inputs for assigning failures to tests. */
export interface FailureSource {
  readonly source: Source;
  readonly origins: Origins;
  readonly owners: CircusOwners;
  readonly stacks: StackReader;
  readonly expectations: Expectations;
  readonly incidents: Incidents;
}

/** A rejection that nobody handled so far. */
interface Rejection {
  readonly error: unknown;
  readonly owner: Owner;
  readonly tell: () => void;
}

/** Assigns uncaught exceptions and unhandled rejections to the test that caused them. */
export class Failures {
  /** Unhandled rejections, which may still be handled before the file ends. */
  readonly #rejections = new Map<object, Rejection>();

  constructor(private readonly from: FailureSource) {}

  note(error: unknown, promise: object | undefined, state: Circus.State): void {
    const { source, origins, owners, stacks, expectations, incidents } = this.from;
    const waiting = promise && expectations.waitingFor(promise);
    if (waiting) {
      this.#noteRejection(promise, { error, ...waiting }, state);
      return;
    }
    const context = promise ? source.contextOf(promise) : source.contextOfLastFailure();
    const known = context && origins.at(context);
    const entry = known?.owner ? undefined : circusEntryOf(error, promise, state);
    const owner = known?.owner ?? (entry && owners.ownerOf(entry));
    if (owner === undefined) return;
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
    const isTold = owner.isOver && Object.hasOwn(Object(error) as object, 'matcherResult');
    const tell = isTold ? () => {} : incidents.recorder(incident, stack);
    if (promise) {
      this.#noteRejection(promise, { error, tell, owner }, state);
      return;
    }
    tell();
    this.#blame(owner, error, promise, state);
  }

  /** Drops a rejection that is handled after all, unless Jest has already failed a test for it. */
  noteHandled(promise: object, state: Circus.State): void {
    const rejection = this.#rejections.get(promise);
    if (rejection === undefined) return;
    const isFailed = testsOf(state).some(({ errors }) =>
      errors.flat().includes(rejection.error as Error),
    );
    if (!isFailed) this.#rejections.delete(promise);
  }

  /** Records the rejections that nobody has handled. */
  settle(): void {
    for (const { tell } of this.#rejections.values()) tell();
  }

  #noteRejection(promise: object, rejection: Rejection, state: Circus.State): void {
    this.#rejections.set(promise, rejection);
    this.#blame(rejection.owner, rejection.error, promise, state);
  }

  #blame(owner: Owner, error: unknown, promise: object | undefined, state: Circus.State): void {
    const guilty = this.from.owners.testOf(owner);
    if (guilty) blame(guilty, error, promise, state);
  }
}
