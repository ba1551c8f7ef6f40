/** A lock that one piece of work holds at a time. Whoever waits gets it from the one who held it before. */
export class Lock {
  #waiting = [];
  #isHeld = false;

  /** Resolves to a function that gives the lock back. */
  async acquire() {
    if (this.#isHeld) await new Promise((resolve) => this.#waiting.push(resolve));
    this.#isHeld = true;
    return () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#isHeld = false;
      else next();
    };
  }
}
