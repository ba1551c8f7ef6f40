import type { Token } from '@throughline/runtime';
import type { Report } from '@throughline/runtime/report';

/** The X-Trace client of the tests' realm, as far as it is listened to. */
export interface Client {
  readonly state: { readonly queue: { push(report: Report): void } };
  startTask(): string;
  continueTask(taskId: string, eventIds: readonly string[]): void;
  currentTrace(): Trace;
  readonly traceSlot: Token<Trace | undefined>;
}

/** Where a strand is in its task. */
export interface Trace {
  readonly taskId: string;
  readonly latest: readonly { readonly id: string }[];
  /** Events of other tasks that it has taken in, as `task/event`. */
  readonly links: readonly string[];
}

export interface Listener {
  /** An event was logged: told in the strand that did. */
  logged(report: Report): void;
  /** A strand left its task for one of its own. */
  started(taskId: string, before: Trace): void;
}

/**
 * Tells of what a program logs. Nothing is taken: reports wait in their queue or are sent, as they would
 * be, and what is told are the same ones.
 */
export function listenTo(client: Client, { logged, started }: Listener): void {
  const { queue } = client.state;
  const push = queue.push.bind(queue);
  const { startTask } = client;
  queue.push = (report) => {
    logged(report);
    push(report);
  };
  // Copies of the client that the program loads later hand out this one.
  client.startTask = () => {
    const before = client.currentTrace();
    const taskId = startTask();
    started(taskId, before);
    return taskId;
  };
}
