import { endpoint, endpointOf, openAt } from './endpoints.js';
import { newNodeWorker, startNodeThread } from './node-worker.js';
import { workerThreads } from './node.js';
import { newWebWorker, startWebThread } from './web-worker.js';

export { post, postHere } from './endpoints.js';

/**
 * `new Worker(...)`, as `make` does it. The worker starts from the slots of its creator, and messages
 * carry those of their sender, between sides that both are compiled. `source` is the worker's file,
 * where the plugin knows it; `assumed` says that the build compiles every worker.
 */
export function newWorker<W>(make: () => W, source?: string, assumed = false): W {
  const threads = workerThreads();
  return threads ? newNodeWorker(threads, make) : newWebWorker(make, source, assumed);
}

interface Channel {
  readonly port1: object;
  readonly port2: object;
}

/** `new MessageChannel()`: both ends open envelopes, and each learns when the other one is listened to. */
export function newChannel<C extends Channel>(channel: C): C {
  const { port1, port2 } = channel;
  for (const [port, twin] of [[port1, port2] as const, [port2, port1] as const]) {
    if (endpointOf(port)) continue;
    endpoint(port, { twin });
    openAt(port);
  }
  return channel;
}

/** Once a realm: makes a worker's thread start from its creator's slots. */
export function startThread(): void {
  startNodeThread();
  startWebThread();
}
