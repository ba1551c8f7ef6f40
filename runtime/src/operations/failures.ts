import { branch, currentFrame, failureFrame, runIn } from '../kernel/index.js';
import { client } from '../xtrace/log.js';
import { failureFields } from './operation-events.js';

/** Logs an exception or rejection that nobody handles as an event of the strand that failed. */
export function logFailure(label: string, error: unknown): void {
  const frame = failureFrame([error]) ?? currentFrame();
  runIn(branch(frame), () => client.log(label, failureFields(error)), undefined, []);
}
