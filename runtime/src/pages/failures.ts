import { branch, currentFrame, failureFrame, runIn } from '../kernel/index.js';
import { failureFields } from '../operations/operation-events.js';
import { client } from '../xtrace/log.js';

/** Logs exceptions and rejections that nobody handles as events of the strand that failed. */
export function watchFailures(): void {
  const { addEventListener } = globalThis as Partial<typeof globalThis>;
  addEventListener?.('error', ({ error, message }) => {
    logFailure('uncaught exception', error ?? message);
  });
  addEventListener?.('unhandledrejection', ({ reason }) => {
    logFailure('unhandled rejection', reason);
  });
}

function logFailure(label: string, error: unknown): void {
  const frame = failureFrame([error]) ?? currentFrame();
  runIn(branch(frame), () => client.log(label, failureFields(error)), undefined, []);
}
