import { logFailure } from '../operations/failures.js';

/** Logs exceptions and rejections that nobody handles. */
export function watchFailures(): void {
  const { addEventListener } = globalThis as Partial<typeof globalThis>;
  addEventListener?.('error', ({ error, message }) => {
    logFailure('uncaught exception', error ?? message);
  });
  addEventListener?.('unhandledrejection', ({ reason }) => {
    logFailure('unhandled rejection', reason);
  });
}
