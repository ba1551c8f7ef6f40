// What importing `@throughline/runtime/auto` does in a page, or in a worker at the edge.
import { connect } from '../xtrace/page.js';
import { setting } from './settings.js';
import { watchFailures } from './failures.js';
import { watchFetch } from '../operations/fetch.js';
import { isNamed } from '../operations/peers.js';
import { watchLoad } from './load.js';
import { watchLongTasks } from './long-tasks.js';

/** Resolves once connected to the collector. Its rejection never ends the program. */
export const connected = connect(setting('collector') ?? 'http://127.0.0.1:4080');

if (typeof document === 'object') {
  watchLoad();
  watchLongTasks();
}
const isAllowed = isNamed((setting('propagate-to') ?? '').split(','));
watchFetch(({ origin, hostname }) => origin === globalThis.location?.origin || isAllowed(hostname));
watchFailures();
