import * as runtime from '@throughline/runtime';
import * as tracing from '@throughline/runtime/ledger';
import { OwnFrames, runtimeSource } from '@throughline/ledger';
import type { Owner, Slot, Source } from '@throughline/ledger';
import type { Platform, Told } from '../platform/platform.js';
import type { Provided } from '../provided.js';
import { isFile } from '../tasks.js';
import type { Task, VitestParts } from '../tasks.js';
import { watchExpect } from './expect.js';
import type { Chai } from './expect.js';
import { watchRunner } from './runner.js';
import { TestFile } from './test-file.js';

/** The number of finished files whose late logs and failures are still assigned, where files share a realm. */
const MOST_FILES = 100;

/** What the setup file takes from Vitest. */
export interface Given {
  readonly parts: VitestParts;
  readonly chai: Chai;
  readonly expect: { extend(matchers: object): void };
  readonly provided: Provided;
}

/**
 * Watches the test files of one realm: one file, or many where files are not isolated. A file that is over stays
 * known, because what it left behind may log or fail while another file runs.
 */
export class RealmWatch {
  readonly #files: TestFile[] = [];
  readonly #source: Source;
  readonly #frames: OwnFrames;

  constructor(
    private readonly given: Given,
    private readonly platform: Platform,
  ) {
    platform.openBridge();
    this.#source = sharedSource();
    this.#frames = new OwnFrames(given.provided.ownFolders);
    watchRunner(given.parts, this, platform, this.#frames);
    watchExpect(given.chai, given.expect, this);
    const told: Told = {
      isLate: () => this.owner?.isOver ?? false,
      logged: (method, text) => this.#fileOf(this.owner)?.watch.noteLog(`console.${method}`, text),
      failed: (error, promise) => this.#noteFailure(error, promise),
      handled: (promise) => {
        for (const { watch } of this.#files) watch.failures.drop(promise);
      },
    };
    platform.watchConsole(told);
    platform.watchFailures(told);
  }

  /** Begins to watch the test file that is about to be loaded. */
  async begin(): Promise<void> {
    const { platform } = this;
    const testPath = platform.testPath();
    const text = await platform.readText(testPath);
    const { provided, parts } = this.given;
    const file = new TestFile({
      ...{ source: this.#source, tracing, platform, provided, testPath, text },
      getCurrentSuite: () => parts.getCurrentSuite(),
    });
    this.#files.push(file);
    if (this.#files.length > MOST_FILES) this.#files.shift();
  }

  /** The file whose tests are collected or run now. */
  get current(): TestFile {
    return this.#files.at(-1)!;
  }

  /** The owner of the running code, of any file. */
  get owner(): Owner | undefined {
    return this.current.watch.owner;
  }

  /** Returns the file of an owner. */
  fileOf(owner: Owner): TestFile {
    return this.#fileOf(owner) ?? this.current;
  }

  /** Notes that the file's tests and hooks are about to run. */
  beginRun(task: Task): void {
    if (isFile(task)) this.current.beginRun(task);
  }

  #fileOf(owner: Owner | undefined): TestFile | undefined {
    return owner && this.#files.find(({ owners }) => owners.has(owner));
  }

  #noteFailure(error: unknown, promise: object | undefined): string | undefined {
    this.#frames.hide(error);
    const known = this.current.watch.failures.ownerOf(error, promise);
    const owner = known ?? this.platform.engineOwner();
    const file = this.#fileOf(owner);
    if (owner === undefined || file === undefined) return undefined;
    if (file === this.current) file.watch.failures.note(error, promise, () => owner);
    else file.watch.failures.noteLate(error, promise);
    return owner.name;
  }
}

/** Returns the runtime as a source whose files share one slot, so that the owner of each is known in all of them. */
function sharedSource(): Source {
  // Hooks such as `aroundEach`, and tracing, give tests a context.
  const source = runtimeSource({ runtime, ledger: tracing }, { inherits: true });
  let slot: Slot<never> | undefined;
  return {
    ...source,
    register: (initial, join) => (slot ??= source.register(initial, join) as Slot<never>) as never,
  };
}
