import { isPort, pair } from './endpoints.js';
import { newNodeWorker, startNodeThread } from './node-worker.js';
import { workerThreads } from '../kernel/index.js';
import { newWebWorker, startWebThread } from './web-worker.js';

export { post, postHere, received } from './endpoints.js';

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

/** `new MessageChannel()`: a message's handler runs in the frame of its sender. */
export function newChannel<C extends Channel>(channel: C): C {
  const { port1, port2 } = channel;
  if (isPort(port1) && isPort(port2)) {
    pair(port1, port2);
    pair(port2, port1);
  }
  return channel;
}

/** Once a realm: makes a worker's thread start from its creator's slots. */
export function startThread(): void {
  startNodeThread();
  startWebThread();
}
