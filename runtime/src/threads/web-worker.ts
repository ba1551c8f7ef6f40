import { branch, currentFrame, isWebWorker } from '../kernel/index.js';
import { pack } from './baggage.js';
import { endpoint, openAt } from './endpoints.js';
import type { Endpoint } from './endpoints.js';
import { sealed } from './envelope.js';
import { creatorSent } from './start.js';
import { files } from '../causes/sites.js';

/**
 * What compiled workers of the Web say of themselves, on a channel that nobody else listens to: which
 * source files they run. A worker that runs none of ours says nothing, and is sent nothing of ours.
 */
const CHANNEL = 'throughline.workers';

interface Scope {
  postMessage?: (message: unknown) => void;
}

/** Source files that run in workers and are compiled, as those said. */
const compiled = new Set<string>();
const waiting = new Map<string, Set<WeakRef<Endpoint>>>();
let channel: BroadcastChannel | undefined;

/**
 * Makes a worker. It opens envelopes if the build says so, or once a worker with the same source file
 * has said so; until then it is sent what the program sends.
 */
export function newWebWorker<W>(make: () => W, source: string | undefined, assumed: boolean): W {
  listenForWorkers();
  const worker = make();
  if (!(worker instanceof EventTarget)) return worker;
  const opens = assumed || (source !== undefined && compiled.has(source));
  const end = endpoint(worker, { peerOpens: opens });
  openAt(worker);
  if (opens) {
    const start = pack(branch(currentFrame()));
    const hello = sealed(start ? { hello: true, start } : { hello: true });
    (worker as unknown as Worker).postMessage(hello);
  } else if (source !== undefined) {
    waiting.set(source, (waiting.get(source) ?? new Set()).add(new WeakRef(end)));
    greet.set(end, worker as unknown as Worker);
  }
  return worker;
}

/** Workers that are told, once it is known that they are compiled, that their creator is too. */
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
        greet.get(end)?.postMessage(sealed({ hello: true }));
      }
      waiting.delete(file);
    }
  };
}

/** In a worker of the Web: opens what arrives, and says which files it runs. */
export function startWebThread(): void {
  const scope = globalThis as Scope & typeof globalThis;
  if (!isWebWorker() || !scope.postMessage) return;
  endpoint(scope, {
    told({ start }) {
      if (start) creatorSent(start);
    },
  });
  openAt(scope);
  // Once its modules are evaluated, they are known.
  queueMicrotask(() => {
    const said = new BroadcastChannel(CHANNEL);
    said.postMessage(files());
    said.close();
  });
}
