import { isPort, linkPort } from './endpoints.js';
import { newNodeWorker, startNodeThread } from './node-worker.js';
import { workerThreads } from '../kernel/index.js';
import { newWebWorker, startWebThread } from './web-worker.js';

export { post, postHere, receiveMessage } from './endpoints.js';

/**
 * Stands for `new Worker(...)`, which `make` calls. If both sides are instrumented, the worker starts from the
 * slots of its creator, and messages carry the slots of their sender. `source` is the worker's file, where the
 * plugin knows it. `assumed` is true if the build instruments every worker.
 */
export function newWorker<W>(make: () => W, source?: string, assumed = false): W {
  const threads = workerThreads();
  return threads ? newNodeWorker(threads, make) : newWebWorker(make, source, assumed);
}

interface Channel {
  readonly port1: object;
  readonly port2: object;
}

/** Stands for `new MessageChannel()`: the handler of a message runs in the frame of its sender. */
export function newChannel<C extends Channel>(channel: C): C {
  const { port1, port2 } = channel;
  if (isPort(port1) && isPort(port2)) {
    linkPort(port1, port2);
    linkPort(port2, port1);
  }
  return channel;
}

/** Makes a worker's thread start from its creator's slots. Called once per realm. */
export function startThread(): void {
  startNodeThread();
  startWebThread();
}
