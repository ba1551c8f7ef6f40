import { RunReport } from '@throughline/ledger/node';
import type { ReportFiles } from '@throughline/ledger/node';

/** The part of a test file's result that is used here, as Vitest's reporters get it. */
interface TestModule {
  meta?(): object;
}

/** Prints the findings of each test file when it finishes, and a summary at the end of the run. */
export class ThroughlineReporter {
  #report = new RunReport();

  /** `projects` returns the files that the options ask for, once all projects are known. */
  constructor(
    private readonly hooks: { onInit(vitest: unknown): void; projects(): readonly ReportFiles[] },
  ) {
    process.once('exit', () => this.#report.close());
  }

  onInit(vitest: unknown): void {
    this.hooks.onInit(vitest);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#report.printNew();
    void module;
  }

  onTestRunEnd(): void {
    this.#report.finish(this.hooks.projects());
    if (this.#report.error()) process.exitCode = 1;
  }
}
