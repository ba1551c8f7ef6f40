import {
  branch,
  currentFrame,
  isEarly,
  isNodeWorker,
  recordOfCreator,
  runIn,
  START,
  workerThreads,
} from '../kernel/index.js';
import type { AnyFunction, AnyMethod, WorkerThreads } from '../kernel/index.js';
import { pack, unpack } from './baggage.js';
import { openMessage, registerEndpoint, openAt, defineMethod } from './endpoints.js';
import type { Endpoint } from './endpoints.js';
import { sealEnvelope } from './envelope.js';
import { MessageLog } from './message-log.js';
import type { StartRecord } from './start-record.js';
import { startFromCreator } from './start.js';

/** A worker of `node:worker_threads`, as its creator holds it. */
interface NodeWorker {
  readonly threadId: number;
  emit: AnyMethod;
  postMessage: AnyMethod;
}

/** Makes a worker that starts from the current frame's slots and that can find its creator's record. */
export function newNodeWorker<W>(threads: WorkerThreads, make: () => W): W {
  const log = new MessageLog();
  const before = threads.getEnvironmentData(START);
  const record: StartRecord = { baggage: pack(branch(currentFrame())), memory: log.memory };
  let worker: W;
  try {
    threads.setEnvironmentData(START, record);
    worker = make();
  } finally {
    threads.setEnvironmentData(START, before);
  }
  if (isNodesWorker(worker)) meet(worker, log);
  return worker;
}

function isNodesWorker(value: unknown): value is NodeWorker {
  return typeof (value as Partial<NodeWorker> | undefined)?.threadId === 'number';
}

/**
 * Sends plain messages and writes their baggage to shared memory until the worker announces that it opens
 * envelopes. All messages must be counted, also those of uninstrumented code, so until then this one worker has
 * its own `postMessage`.
 */
function meet(worker: NodeWorker, log: MessageLog): void {
  log.setOwner(worker.threadId);
  const { postMessage } = worker;
  const counted: AnyMethod = function (this: unknown, ...args) {
    // Before the message, which may arrive at once. If posting throws, the entry is removed.
    const takeBack = log.append(pack(branch(currentFrame())));
    try {
      return Reflect.apply(postMessage, this, args);
    } catch (error) {
      takeBack();
      throw error;
    }
  };
  const end = registerEndpoint(worker, {
    onEnvelope({ hello }) {
      // The program may have replaced the method.
      if (hello && worker.postMessage === counted) Reflect.deleteProperty(worker, 'postMessage');
    },
  });
  defineMethod(worker, 'postMessage', counted);
  openAtWorker(worker, end);
}

/** Opens messages from a worker. They arrive as events of an emitter, whose listeners run in the sender's frame. */
function openAtWorker(worker: NodeWorker, end: Endpoint): void {
  const { emit } = worker;
  defineMethod(worker, 'emit', function (this: unknown, name, ...args) {
    const arrival = name === 'message' ? openMessage(end, args[0], []) : 'plain';
    if (arrival === 'ours') return true;
    if (arrival === 'plain') return Reflect.apply(emit, this, [name, ...args]);
    const given = [name, arrival.value] as never[];
    return runIn(arrival.frame, emit as AnyFunction, this, given);
  });
}

/** Takes the record of this worker's creator and announces to it that envelopes are opened here. For Node. */
export function startNodeThread(): void {
  const threads = isNodeWorker() ? workerThreads() : undefined;
  const record = recordOfCreator() as StartRecord | undefined;
  if (!threads?.parentPort || record === undefined) return;
  const log = new MessageLog(record.memory);
  if (!log.isOwnedBy(threads.threadId)) return;

  if (record.baggage) startFromCreator(record.baggage);
  const { parentPort } = threads;
  let count = 0;
  registerEndpoint(parentPort, {
    peerOpens: true,
    // Messages are counted from the first. If some may have arrived already, the count would be wrong.
    ...(isEarly() && {
      nextFrame() {
        const baggage = log.baggageOf(count++);
        return baggage && unpack(baggage);
      },
    }),
  });
  openAt(parentPort);
  (parentPort as { postMessage: AnyMethod }).postMessage(sealEnvelope({ hello: true }));
}
