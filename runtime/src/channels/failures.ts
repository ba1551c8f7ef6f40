import { logFailure } from '../operations/failures.js';

/** Logs exceptions and rejections that nobody handles. */
export function watchFailures(): void {
  // The monitor changes nothing about what Node does with the error.
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    const isRejection = origin === 'unhandledRejection';
    logFailure(isRejection ? 'unhandled rejection' : 'uncaught exception', error);
  });
}
