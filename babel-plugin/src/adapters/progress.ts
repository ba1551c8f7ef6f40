/** Nothing is printed for a start that is faster. */
const PATIENCE_MS = 700;
const CLEAR_LINE = '\r\u001b[2K';

/** Shows on a terminal, and only there, how many files were instrumented, while a program starts for the first time. */
export class Progress {
  private files = 0;
  private started = 0;
  private clearing = false;

  /** Counts a file. */
  count(): void {
    const { stderr } = process;
    if (!stderr.isTTY) return;
    this.started ||= Date.now();
    this.files++;
    if (Date.now() - this.started < PATIENCE_MS) return;
    stderr.write(
      `${CLEAR_LINE}throughline: instrumenting dependencies, for this start only: ${this.files} files`,
    );
    if (this.clearing) return;
    this.clearing = true;
    // Modules load synchronously, so this runs once they have.
    setImmediate(() => {
      this.clearing = false;
      stderr.write(CLEAR_LINE);
    }).unref();
  }
}
