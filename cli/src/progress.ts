/** Nothing is shown for work that is faster, in milliseconds, nor more often than in such steps. */
const PATIENCE_MS = 300;
const STEP_MS = 50;
const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\u001b[2K';

/** A terminal, or something else. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A bar on a terminal, and only there, that shows how much of some bytes is done. */
export class Progress {
  private done = 0;
  private next: number;
  private isShown = false;

  /** `total` may be unknown. */
  constructor(
    private readonly what: string,
    private readonly total: number | undefined,
    private readonly output: Output = process.stderr,
    private readonly now: () => number = Date.now,
  ) {
    this.next = now() + PATIENCE_MS;
  }

  add(bytes: number): void {
    this.done += bytes;
    if (!this.output.isTTY || this.now() < this.next) return;
    this.next = this.now() + STEP_MS;
    this.isShown = true;
    this.output.write(`${CLEAR_LINE}${this.what} ${this.amount()}`);
  }

  /** Removes the bar. */
  end(): void {
    if (this.isShown) this.output.write(CLEAR_LINE);
    this.isShown = false;
  }

  private amount(): string {
    if (!this.total) return `${megabytes(this.done)} MB`;
    const part = Math.min(1, this.done / this.total);
    const full = Math.round(part * BAR_WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
    return `${bar} ${Math.floor(part * 100)} %, ${megabytes(this.done)} of ${megabytes(this.total)} MB`;
  }
}

/** Returns bytes as megabytes, with one digit after the point. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
