import {
  branch,
  currentFrame,
  isEarly,
  isNodeWorker,
  leftByCreator,
  runIn,
  START,
  workerThreads,
} from '../kernel/index.js';
import type { AnyFunction, WorkerThreads } from '../kernel/index.js';
import { pack, unpack } from './baggage.js';
import { arrived, endpoint, openAt, own } from './endpoints.js';
import type { Endpoint } from './endpoints.js';
import { sealed } from './envelope.js';
import { Ledger } from './message-log.js';
import type { StartRecord } from './start-record.js';
import { creatorSent } from './start.js';

import type { Method } from './endpoints.js';

/** A worker of `node:worker_threads`, as its creator holds it. */
interface NodeWorker {
  readonly threadId: number;
  emit: Method;
  postMessage: Method;
}

/** Makes a worker that starts from the current frame's slots, and that may find out who made it. */
export function newNodeWorker<W>(threads: WorkerThreads, make: () => W): W {
  const ledger = new Ledger();
  const before = threads.getEnvironmentData(START);
  const record: StartRecord = { cargo: pack(branch(currentFrame())), memory: ledger.memory };
  let worker: W;
  try {
    threads.setEnvironmentData(START, record);
    worker = make();
  } finally {
    threads.setEnvironmentData(START, before);
  }
  if (isNodesWorker(worker)) meet(worker, ledger);
  return worker;
}

function isNodesWorker(value: unknown): value is NodeWorker {
  return typeof (value as Partial<NodeWorker> | undefined)?.threadId === 'number';
}

/**
 * Until the worker says that it opens envelopes, it is sent what the program sends, and the ledger has
 * what goes along. That needs a count of all messages, whoever posts them, so this one worker gets a
 * method of its own for as long.
 */
function meet(worker: NodeWorker, ledger: Ledger): void {
  ledger.belongsTo(worker.threadId);
  const { postMessage } = worker;
  const counted: Method = function (this: unknown, ...args) {
    // Before the message, which may be there at once. One that throws was not posted.
    const takeBack = ledger.note(pack(branch(currentFrame())));
    try {
      return Reflect.apply(postMessage, this, args);
    } catch (error) {
      takeBack();
      throw error;
    }
  };
  const end = endpoint(worker, {
    told({ hello }) {
      // The program may have put its own there.
      if (hello && worker.postMessage === counted) Reflect.deleteProperty(worker, 'postMessage');
    },
  });
  own(worker, 'postMessage', counted);
  openAtWorker(worker, end);
}

/** What a worker sends arrives as an event of an emitter: its listeners run in the sender's frame. */
function openAtWorker(worker: NodeWorker, end: Endpoint): void {
  const { emit } = worker;
  own(worker, 'emit', function (this: unknown, name, ...args) {
    const arrival = name === 'message' ? arrived(end, args[0], []) : 'plain';
    if (arrival === 'ours') return true;
    if (arrival === 'plain') return Reflect.apply(emit, this, [name, ...args]);
    const given = [name, arrival.value] as never[];
    return runIn(arrival.frame, emit as AnyFunction, this, given);
  });
}

/** In a worker of Node: takes what its creator left, and tells it that envelopes are opened here. */
export function startNodeThread(): void {
  const threads = isNodeWorker() ? workerThreads() : undefined;
  const record = leftByCreator() as StartRecord | undefined;
  if (!threads?.parentPort || record === undefined) return;
  const ledger = new Ledger(record.memory);
  if (!ledger.isOf(threads.threadId)) return;

  if (record.cargo) creatorSent(record.cargo);
  const { parentPort } = threads;
  let count = 0;
  endpoint(parentPort, {
    peerOpens: true,
    // Messages are counted from the first: whoever comes late does not know which is which.
    ...(isEarly() && {
      plain() {
        const cargo = ledger.cargoOf(count++);
        return cargo && unpack(cargo);
      },
    }),
  });
  openAt(parentPort);
  (parentPort as { postMessage: Method }).postMessage(sealed({ hello: true }));
}
