import { branch, currentFrame, failureFrame, runIn } from '../kernel/index.js';
import { client } from '../xtrace/log.js';
import { failureFields } from './operation-events.js';

/** Logs exceptions and rejections that nobody handles as events of the strand that failed. */
export function watchFailures(): void {
  // The monitor changes nothing about what Node does with the error.
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    const frame = failureFrame([error]) ?? currentFrame();
    const label = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
    runIn(branch(frame), () => client.log(label, failureFields(error)), undefined, []);
  });
}
