import { baselineOf, FileWatch, policyOf, StackReader } from '@throughline/ledger';
import type { Owner, Source, Tracing } from '@throughline/ledger';
import type { ClosableSink, Handles, Platform } from '../platform/platform.js';
import type { Provided } from '../provided.js';
import type { Runner, Task, VitestParts } from '../tasks.js';
import { failTest, sendResults } from './fail.js';
import { TaskOwners } from './task-owners.js';

/** The inputs for watching a test file. */
export interface FileSource {
  readonly source: Source;
  readonly tracing: Tracing;
  readonly platform: Platform;
  readonly provided: Provided;
  readonly testPath: string;
  /** The text of the test file, whose comments at the top may change the policy. */
  readonly text: string;
  /** Returns the collector of the suite whose body is running. */
  getCurrentSuite: VitestParts['getCurrentSuite'];
}

/** Where Vite serves the runtime from, bundled with other dependencies. */
const BUNDLED = ['/node_modules/.vite/'];

// Read once, because a test may replace the global.
const { setTimeout: sleep } = globalThis;

/** One test file, from the time that its setup runs until it is over, and after that. */
export class TestFile {
  readonly watch: FileWatch;
  readonly owners: TaskOwners;
  readonly #sink: ClosableSink | undefined;
  readonly #handles: Handles;
  readonly #stopObserving: () => void;
  readonly #failed = new Set<Task>();
  #task: Task | undefined;
  /** True while tests and hooks are being collected. */
  #isCollecting = true;

  constructor(private readonly from: FileSource) {
    const { source, tracing, platform, provided, testPath, text } = from;
    const { cwd, rootDir, runtimeDir, leaks, maxPrinted } = provided;
    const policy = policyOf(text, { leaks, maxPrinted }, baselineOf(provided.baseline));
    const name = relativeTo(cwd, testPath);
    const owners = new TaskOwners(name);
    this.owners = owners;
    this.#sink = platform.eventSink(provided, testPath);
    const watch = new FileWatch({
      ...{ source, tracing, name, cwd, policy },
      stacks: new StackReader(cwd, [runtimeDir, ...BUNDLED], platform.pathInStack?.(provided)),
      eventSink: this.#sink,
      // Vitest returns promises of its own, in which fixtures and timeouts are waited for.
      hidesPromises: true,
      results: {
        errorsOf: (owner) => {
          const test = owners.testOf(owner);
          return test && (test.result?.errors ?? []);
        },
        fail: (owner, error) => {
          const test = owners.testOf(owner)!;
          failTest(test, { name: error.name, message: error.message, stack: error.stack ?? '' });
          this.#failed.add(test);
        },
        send: (findings) => platform.send({ testPath, rootDir, cwd, ...findings }, this.#task),
      },
    });
    this.watch = watch;
    watch.ledger.markLasting(...platform.lasting);
    this.#stopObserving = watch.observe();
    this.#handles = platform.watchHandles(watch, () => this.#collecting());
  }

  /** Notes that all tests and hooks are known, and the first is about to run. */
  beginRun(task: Task): void {
    this.#task = task;
    this.#isCollecting = false;
  }

  /** Returns the owner of the block whose body is running, while tests and hooks are being collected. */
  #collecting(): Owner | undefined {
    if (!this.#isCollecting) return undefined;
    const suite = this.from.getCurrentSuite()?.suite;
    return suite?.name ? this.owners.suite(suite) : this.owners.file;
  }

  /** Notes that a test is over. */
  endTest(): void {
    this.#handles.sweep();
  }

  /** Collects and sends the findings, while tests can still be failed. */
  async settle(runner: Runner): Promise<void> {
    const { watch, owners } = this;
    owners.file.close();
    await watch.waitForHandles((ms) => new Promise((resolve) => sleep(resolve, ms)));
    watch.settle();
    this.#handles.stop();
    this.#stopObserving();
    this.#sink?.close();
    if (this.#task) await sendResults(runner, this.#task, [...this.#failed]);
  }
}

function relativeTo(folder: string, path: string): string {
  const [root, file] = [folder, path].map((one) => one.replaceAll('\\', '/')) as [string, string];
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
