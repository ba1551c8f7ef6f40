// What importing `@throughline/runtime/auto` does in a page, or in a worker at the edge.
import { watchClasses } from '../methods/watch-classes.js';
import { watchFetch } from '../operations/fetch.js';
import { isNamed } from '../operations/peers.js';
import { socketIoClient } from '../sockets/socket-io-client.js';
import { connect } from '../xtrace/page.js';
import { watchFailures } from './failures.js';
import { watchLoad } from './load.js';
import { watchLongTasks } from './long-tasks.js';
import { messagePeers } from './message-peers.js';
import { watchMessages } from './messages.js';
import { watchNavigations } from './navigations.js';
import { setting } from './settings.js';
import { watchUserInput } from './user-input.js';
import { watchXmlHttpRequests } from './xml-http-requests.js';

/** Resolves once connected to the collector. Its rejection never ends the program. */
export const connected = connect(setting('collector') ?? 'http://127.0.0.1:4080');

const isAllowed = isNamed((setting('propagate-to') ?? '').split(','));
const isPeer = ({ origin, hostname }: URL): boolean =>
  origin === globalThis.location?.origin || isAllowed(hostname);
const isMessagePeer = messagePeers(setting('message-peers'));
if (typeof document === 'object') {
  watchLoad();
  watchLongTasks();
  watchNavigations();
  watchUserInput();
  watchXmlHttpRequests(isPeer, isMessagePeer);
}
if (isMessagePeer) watchMessages(isMessagePeer);
watchClasses(socketIoClient);
watchFetch(isPeer);
watchFailures();
