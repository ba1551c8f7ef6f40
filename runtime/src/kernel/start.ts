import { openBridgeByDefault } from './engine-storage.js';
import { isNodeWorker, takeRecord } from './node-thread.js';
import { shared } from './realm.js';
import { setCurrentFrame } from './current.js';
import { LateFrame } from './frame.js';
import type { Frame } from './frame.js';

/** Replaces the values of the frame that this thread's modules start from. */
export function changeStartFrame(change: (start: Frame) => Frame): void {
  start.frame.become(change(start.frame));
}

/** Returns true in a Web worker. */
export function isWebWorker(): boolean {
  const { WorkerGlobalScope } = globalThis as { WorkerGlobalScope?: unknown };
  return typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope;
}

/** Runs once per realm; in a worker, while its modules are evaluated. */
function begin(): void {
  openBridgeByDefault();
  takeRecord();
  if (isNodeWorker() || isWebWorker()) setCurrentFrame(start.frame);
}

const own = {
  /**
   * The frame in which a worker's modules are evaluated, so that everything they register starts from it. It
   * holds the creator's slots, even those that become known or are registered later (threads/start.ts).
   */
  frame: new LateFrame([]),
};
const start = shared('start', own);
if (start === own) begin();
