/** Pauses between attempts, each twice as long as the one before. */
export class Backoff {
  private pauseMs: number;
  private endPause: (() => void) | undefined;

  /** The first pause, and the longest one, in milliseconds. */
  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
  ) {
    this.pauseMs = firstMs;
  }

  /** Begins again with the first pause: an attempt has succeeded. */
  reset(): void {
    this.pauseMs = this.firstMs;
  }

  /** Resolves after the next pause, or when it is ended. */
  wait(): Promise<void> {
    const { pauseMs } = this;
    this.pauseMs = Math.min(pauseMs * 2, this.longestMs);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the pause that is being waited for, if there is one. */
  end(): void {
    this.endPause?.();
  }
}
