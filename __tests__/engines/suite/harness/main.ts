import { getLocal } from '@throughline/runtime';
import { user } from '../slots';
import { runAll } from './construct';

declare global {
  /** What an engine's host calls, once. It is given a line of JSON for each case. */
  var throughlineSuite: (report: (line: string) => void) => Promise<void>;
}

globalThis.throughlineSuite = (report) => runAll(() => getLocal(user) === 'nobody', report);
