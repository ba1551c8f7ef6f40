import { kafkaChannels } from '../brokers/platformatic-kafka-receives.js';
import { openBridge, shared } from '../kernel/index.js';
import { watchLibraryMethods } from '../libraries/index.js';
import { b3 } from '../operations/b3.js';
import type { B3Form } from '../operations/b3.js';
import { watchFetch } from '../operations/fetch.js';
import { followCall, followCallback } from '../operations/followed.js';
import { describeParts, wasTold } from '../operations/join-parts.js';
import { messages } from '../operations/messages.js';
import type { MessagePolicy } from '../operations/messages.js';
import { peersOf } from '../operations/peers.js';
import { keepOnly } from '../operations/sampling.js';
import { combinators } from '../promises/combinator-parts.js';
import { calls } from '../promises/followed-calls.js';
import { client } from '../xtrace/log.js';
import { watchCallSites } from './call-sites.js';
import { watchSyncProcesses } from './child-process-sync.js';
import { watchChildProcesses } from './child-process.js';
import { watchConsole } from './console.js';
import { watchFailures } from './failures.js';
import { fastifyChannels } from './fastify.js';
import { watchFetchServers } from './fetch-servers.js';
import { watchFiles } from './files.js';
import { watchFunctions } from './functions.js';
import { followGlobalFetch } from './global-fetch.js';
import { httpClientChannels } from './http-client.js';
import { httpServerChannels } from './http-server.js';
import { watchHttp2 } from './http2.js';
import { knownChannels } from './known-channels.js';
import { pinoChannels } from './pino.js';
import { followParent } from './process-messages.js';
import { listenTo } from './subscribe.js';
import { watchTracingChannel } from './tracing-channel.js';
import { undiciChannels } from './undici.js';
import { watchWebClasses } from './web-classes.js';

/** What `startOperations` can be told. */
export interface OperationOptions {
  /** Hosts outside the own network that get the id of the task with a request. `*` stands for any part of a name. */
  readonly propagateTo?: readonly string[];
  /** Names of tracing channels whose calls become operations. */
  readonly channels?: readonly string[];
  /** False to leave out what loggers write. */
  readonly logs?: boolean;
  /** In which forms ids are also read and sent as B3. */
  readonly b3?: readonly B3Form[];
  /** The part of all tasks whose events are kept: above 0, and at most 1. */
  readonly sample?: number | undefined;
  /** How messages that are handled belong to those who have sent them, if all in the same way. */
  readonly messages?: MessagePolicy | undefined;
  /** Milliseconds. An instrumented async function that took so long is an event at its end. */
  readonly functions?: number | undefined;
  /** Milliseconds. A call of `node:fs` that took so long is an event at its end. */
  readonly files?: number | undefined;
}

const started = shared('operations', { isStarted: false });

/** Begins to log requests, calls and failures as operations. Does nothing when it was called before. */
export function startOperations({
  propagateTo = [],
  channels = [],
  b3: forms = [],
  logs = true,
  sample = 1,
  functions,
  files,
  messages: policy,
}: OperationOptions = {}): void {
  if (started.isStarted) return;
  started.isStarted = true;
  // A response ends, and a request is answered, in code of Node that is not instrumented.
  openBridge();
  const isPeer = peersOf(propagateTo);
  const all = [
    httpServerChannels(),
    httpClientChannels(isPeer),
    undiciChannels(isPeer),
    fastifyChannels,
    kafkaChannels,
    ...(logs ? [pinoChannels] : []),
  ];
  for (const handlers of all) listenTo(handlers);
  for (const [name, call] of Object.entries(knownChannels)) watchTracingChannel(name, call);
  for (const name of channels) {
    if (!Object.hasOwn(knownChannels, name)) {
      watchTracingChannel(name, { kind: 'internal', label: () => name });
    }
  }
  calls.follow = followCall;
  calls.followCallback = followCallback;
  if (publishesFetch()) {
    followGlobalFetch();
    watchWebClasses();
  } else watchFetch(({ hostname }) => isPeer(hostname));
  b3.forms = forms;
  messages.policy = policy;
  watchFetchServers();
  watchHttp2(isPeer);
  watchLibraryMethods();
  if (logs) watchConsole();
  if (sample < 1) keepOnly(sample);
  if (functions !== undefined) watchFunctions(functions);
  if (files !== undefined) watchFiles(files);
  watchFailures();
  combinators.describe = describeParts;
  client.state.omits = wasTold;
  watchCallSites();
  watchChildProcesses();
  watchSyncProcesses();
  followParent();
}

/** Bun and Deno have channels of Node's modules, and none of their own `fetch`. */
function publishesFetch(): boolean {
  return !('bun' in process.versions) && !('deno' in process.versions);
}
