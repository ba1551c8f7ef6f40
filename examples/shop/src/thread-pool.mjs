import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Threads that do one job each at a time. A job that finds none idle gets the thread of the next job that is done. */
export class ThreadPool {
  #idle;
  #waiting = [];

  constructor(file, size) {
    this.#idle = Array.from({ length: size }, () => new Worker(file));
  }

  /** Resolves to what a thread answers to a job. */
  async run(job) {
    const thread = this.#idle.pop() ?? (await new Promise((done) => this.#waiting.push(done)));
    thread.postMessage(job);
    const [answer] = await once(thread, 'message');
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
    return answer;
  }
}
