import { getLocal, setLocal } from '../faces/slots.js';
import { isSameTask } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { reportEnd, reportReserved, reserveEvent } from './operation-events.js';
import type { Operation, Outcome, ReservedEvent } from './operation-events.js';
import { responseHeader } from './trace-headers.js';

// Read once, because a program may replace the global.
const { queueMicrotask: soon } = globalThis;

/** A request that is being served, until it ends. */
export class Served {
  /** The event that the head of the answer tells of, until it is known whether it is the end. */
  private head: ReservedEvent | undefined;
  private isOver = false;

  constructor(
    private readonly begun: Operation,
    /** Tells whether the program has written all of the answer. */
    private readonly isWritten: () => boolean,
    /** Returns how the request has ended, after all of the answer was sent or not. */
    private readonly outcome: (isSent: boolean) => Outcome,
  ) {}

  /** Ends the operation, once. */
  finish(isSent: boolean): void {
    if (this.isOver) return;
    const outcome = this.outcome(isSent);
    this.isOver = true;
    reportEnd(this.head ?? reserveEvent(this.begun), outcome);
  }

  /**
   * Returns the header that tells which event an answer comes after. It is the end if the program ends the answer before
   * anything else can run. Otherwise there is more to do, and the head is an event of its own.
   */
  header(): string | undefined {
    if (this.isOver) return undefined;
    const { begun } = this;
    const current = getLocal(client.traceSlot);
    const event = reserveEvent(begun);
    this.head = event;
    // A handler that has started a task of its own goes on in that.
    if (current && !isSameTask(current.taskId, begun.trace.taskId)) {
      setLocal(client.traceSlot, current);
    }
    soon(() => {
      if (this.isWritten()) return this.finish(true);
      this.head = undefined;
      reportReserved(event, `${begun.label} answers`);
    });
    return responseHeader(begun, event.id);
  }
}
