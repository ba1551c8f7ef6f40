import type { BatchBytes } from '../reports/batch.js';
import { errorMessage } from '../errors.js';
import { Backoff } from './backoff.js';
import type { Outcome, Store } from './store.js';

/** How many bytes of reports one transaction stores, unless one batch has more. */
const TRANSACTION_BYTES = 4 * 1024 * 1024;
/** How long the queue waits before it tries again, in milliseconds: at first, and at most. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

interface Waiting {
  readonly batch: BatchBytes;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What a queue is told about its store. */
export interface AppendQueueOptions {
  /** Returns true for an error after which the same call may succeed later. */
  readonly isPassing: (error: unknown) => boolean;
  /** Called when the store begins to fail, with the message, and when it works again. */
  readonly onFailing: (problem: string | undefined) => void;
  /** Called between two transactions. */
  readonly afterEach?: () => void;
}

/**
 * Stores batches, as many in a transaction as are waiting. While the store fails with an error that passes, batches wait, and it
 * tries again.
 */
export class AppendQueue {
  private readonly waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private isFailing = false;
  private isClosing = false;
  private readonly backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);

  constructor(
    private readonly store: Pick<Store, 'append'>,
    private readonly options: AppendQueueOptions,
  ) {}

  /** Resolves when the reports of a batch are stored. Rejects if they cannot be. */
  append(batch: BatchBytes): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ batch, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Stores what waits. What cannot be stored now is rejected. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.backoff.end();
    await this.running;
  }

  private async run(): Promise<void> {
    // What has arrived in the same turn goes into one transaction.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const taken = this.take();
      const error = await this.store.append(taken.map(({ batch }) => batch)).then(
        (outcomes) => {
          // Before the senders know, who may ask next.
          this.say(undefined);
          for (const [i, { resolve }] of taken.entries()) resolve(outcomes[i]!);
        },
        (reason: unknown) => ({ reason }),
      );
      if (error === undefined) this.backoff.reset();
      else if (this.options.isPassing(error.reason) && !this.isClosing) {
        this.waiting.unshift(...taken);
        this.say(errorMessage(error.reason));
        await this.backoff.wait();
      } else await this.appendAlone(taken, error.reason);
      this.options.afterEach?.();
      // Queries, and what arrives meanwhile, get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.running = undefined;
  }

  private take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.waiting.length && (count === 0 || bytes < TRANSACTION_BYTES)) {
      bytes += this.waiting[count++]!.batch.length;
    }
    return this.waiting.splice(0, count);
  }

  /** One batch that cannot be stored must not take others with it. */
  private async appendAlone(taken: readonly Waiting[], reason: unknown): Promise<void> {
    if (taken.length === 1 || this.isClosing) {
      for (const { reject } of taken) reject(reason);
      return;
    }
    for (const one of taken) {
      await this.store.append([one.batch]).then(
        ([outcome]) => one.resolve(outcome!),
        (error: unknown) => {
          if (this.options.isPassing(error) && !this.isClosing) this.waiting.push(one);
          else one.reject(error);
        },
      );
    }
  }

  private say(problem: string | undefined): void {
    if (problem === undefined && !this.isFailing) return;
    this.isFailing = problem !== undefined;
    this.options.onFailing(problem);
  }
}
