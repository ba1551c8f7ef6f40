/** Sends the reports of the queue somewhere. */
export interface Sender {
  /** Resolves when the first attempt to connect has ended: to the error if it failed, else to undefined. */
  readonly firstAttempt: Promise<Error | undefined>;
  /** Schedules a send. Never sends at once, because the caller is in the middle of its own work. */
  wake(): void;
  /** Resolves to true when everything queued so far has arrived, to false after `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Sends what can be sent at the moment before the process ends. */
  sendNow(): void;
  /** True while more may follow from what was sent. */
  readonly isOpen: boolean;
  /** Sends nothing more. */
  close(): void;
}
