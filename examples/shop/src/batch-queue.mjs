import { setTimeout as pause } from 'node:timers/promises';

/** How many items a batch has at most, and how long it waits for them, in milliseconds. */
const SIZE = 3;
const WAIT_MS = 100;

/** A queue whose consumer takes several items at once: as soon as there are enough, or when the first has waited long. */
export class BatchQueue {
  #consume;
  #batch;

  /** `consume` gets all items of a batch; everybody who has added one gets its result. */
  constructor(consume) {
    this.#consume = consume;
  }

  async add(item) {
    const batch = (this.#batch ??= this.#begin());
    // The consumer awaits this promise, so it comes after whoever has added the item.
    batch.arrived.push(Promise.resolve(item));
    if (batch.arrived.length === SIZE) {
      this.#batch = undefined;
      batch.fill();
    }
    return batch.result;
  }

  #begin() {
    const batch = { arrived: [] };
    const isFull = new Promise((resolve) => (batch.fill = resolve));
    batch.result = this.#take(batch, isFull);
    return batch;
  }

  async #take(batch, isFull) {
    await Promise.race([isFull, pause(WAIT_MS)]);
    if (this.#batch === batch) this.#batch = undefined;
    return this.#consume(await Promise.all(batch.arrived));
  }
}
