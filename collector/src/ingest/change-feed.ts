/** Tells those who wait that the store has something new. */
export class ChangeFeed {
  private version = 0;
  private readonly waiting = new Set<() => void>();

  /** A number that is larger after each change. */
  get current(): number {
    return this.version;
  }

  /** How many wait. */
  get listeners(): number {
    return this.waiting.size;
  }

  changed(): void {
    this.version++;
    for (const tell of this.waiting) tell();
    this.waiting.clear();
  }

  /** Resolves when there is a change after `version`, when the signal is aborted, or after so many milliseconds. */
  after(version: number, signal: AbortSignal, longestMs = Infinity): Promise<void> {
    if (this.version > version || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.waiting.delete(end);
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = longestMs === Infinity ? undefined : setTimeout(end, longestMs).unref();
      this.waiting.add(end);
      signal.addEventListener('abort', end);
    });
  }
}
