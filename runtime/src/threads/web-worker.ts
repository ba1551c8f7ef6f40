import { branch, currentFrame, isWebWorker } from '../kernel/index.js';
import { pack } from './baggage.js';
import { registerEndpoint, openAt } from './endpoints.js';
import type { Endpoint } from './endpoints.js';
import { sealEnvelope } from './envelope.js';
import { startFromCreator } from './start.js';
import { files } from '../causes/sites.js';

/**
 * The name of the broadcast channel on which instrumented Web workers announce which source files they run. An
 * uninstrumented worker announces nothing and is never sent an envelope.
 */
const CHANNEL = 'throughline.workers';

interface Scope {
  postMessage?: (message: unknown) => void;
}

/** Source files that instrumented workers have announced. */
const compiled = new Set<string>();
/** Endpoints of workers whose source file has not been announced yet, by file. */
const waiting = new Map<string, Set<WeakRef<Endpoint>>>();
let channel: BroadcastChannel | undefined;

/**
 * Makes a worker. It gets envelopes if the build instruments every worker, or once a worker with the same source
 * file has announced itself. Until then it gets plain messages.
 */
export function newWebWorker<W>(make: () => W, source: string | undefined, assumed: boolean): W {
  listenForWorkers();
  const worker = make();
  if (!(worker instanceof EventTarget)) return worker;
  const opens = assumed || (source !== undefined && compiled.has(source));
  const end = registerEndpoint(worker, { peerOpens: opens });
  openAt(worker);
  if (opens) {
    const start = pack(branch(currentFrame()));
    const hello = sealEnvelope(start ? { hello: true, start } : { hello: true });
    (worker as unknown as Worker).postMessage(hello);
  } else if (source !== undefined) {
    waiting.set(source, (waiting.get(source) ?? new Set()).add(new WeakRef(end)));
    greet.set(end, worker as unknown as Worker);
  }
  return worker;
}

/** Workers to greet once they are known to be instrumented, so that they know the same of their creator. */
const greet = new WeakMap<Endpoint, Worker>();

function listenForWorkers(): void {
  if (channel !== undefined || typeof BroadcastChannel !== 'function') return;
  channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    for (const file of data as string[]) {
      compiled.add(file);
      for (const reference of waiting.get(file) ?? []) {
        const end = reference.deref();
        if (end === undefined) continue;
        end.peerOpens = true;
        greet.get(end)?.postMessage(sealEnvelope({ hello: true }));
      }
      waiting.delete(file);
    }
  };
}

/** Opens messages in a Web worker and announces which source files it runs. */
export function startWebThread(): void {
  const scope = globalThis as Scope & typeof globalThis;
  if (!isWebWorker() || !scope.postMessage) return;
  registerEndpoint(scope, {
    onEnvelope({ start }) {
      if (start) startFromCreator(start);
    },
  });
  openAt(scope);
  // The files are known once the worker's modules are evaluated.
  queueMicrotask(() => {
    const said = new BroadcastChannel(CHANNEL);
    said.postMessage(files());
    said.close();
  });
}
