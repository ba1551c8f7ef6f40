import type * as Observed from '@throughline/runtime/ledger';
import type { Trace } from '@throughline/runtime/ledger';
import type { Owner } from '../owner.js';
import type { WrittenGraph } from '../report.js';
import type { Context, Slot, Source } from '../source.js';
import { shortTaskId, now } from './event.js';
import type { TestEvent } from './event.js';
import { TestRun } from './test-run.js';

/** The maximum length of an error message in an event. */
const MOST_CHARACTERS = 4000;

/** The part of the runtime's entry for observers that events come from. */
export type Tracing = Pick<
  typeof Observed,
  'traceSlot' | 'listenToTrace' | 'joinTraces' | 'continueTask'
>;

/** Where the events of a test file are written. */
export interface EventSink {
  /** The path of the file with the events, as it is printed. */
  readonly path: string;
  add(event: TestEvent): void;
  /** Writes the buffered events. */
  write(): void;
}

/** The inputs for collecting the events of a test file. */
export interface EventSource {
  readonly tracing: Tracing;
  readonly source: Source;
  /** Returns the owner of the running code. */
  owner(): Owner | undefined;
  /** The process name in events: the path of the test file. */
  readonly name: string;
}

/** A finished run. Its outcome is known when the whole file is done. */
interface Ended {
  readonly test: Owner;
  readonly run: TestRun;
  readonly last: TestEvent;
  readonly errors: readonly unknown[];
}

/**
 * Collects the events that the tests of a file log. If they are written, each test is an X-Trace task that begins
 * and ends with an event. If they are not, the program sees no difference.
 */
export class Events {
  /** The latest run of each test. Where nothing is written, only of those that are running. */
  readonly #runs = new Map<Owner, TestRun>();
  readonly #runOfTask = new Map<string, TestRun>();
  readonly #running = new Set<TestRun>();
  readonly #ended: Ended[] = [];
  readonly #slot: Slot<Trace | undefined>;

  constructor(
    private readonly from: EventSource,
    private readonly file: EventSink | undefined,
  ) {
    const { tracing } = from;
    // The runtime's slots are tokens.
    this.#slot = tracing.traceSlot as unknown as Slot<Trace | undefined>;
    tracing.listenToTrace({
      logged: (report) => this.#logged(report),
      started: (taskId, before) => this.#runOf(before.taskId)?.noteTask(taskId, before),
    });
  }

  /** The run that the current code belongs to. Without an owner, the only running test, if there is just one. */
  get current(): TestRun | undefined {
    const test = testOf(this.from.owner());
    if (test) return this.#runs.get(test);
    const [only, ...others] = this.#running;
    return others.length === 0 ? only : undefined;
  }

  /**
   * Calls a hook or test function so that its events come after the earlier events of the same test. Call this
   * in the frame that the function starts in.
   */
  runWithin(task: Owner | undefined, body: () => unknown): unknown {
    const test = testOf(task);
    if (test === undefined) return body();
    const { source } = this.from;
    const known = this.#runs.get(test);
    const run = known && this.#running.has(known) ? known : this.#begin(test, known);
    this.#takeIn(run);
    if (run.trace && this.file) source.set(this.#slot, run.trace);
    try {
      const result = body();
      run.waitFor(result);
      return result;
    } finally {
      run.advanceTo(source.get(this.#slot));
    }
  }

  /** Records that a test has called `done` in this strand. */
  noteDone(task: Owner | undefined): void {
    this.#join(task, this.from.source.get(this.#slot));
  }

  /** Records the context that a function of a test, or one of its hooks, has ended with. */
  noteEnd(task: Owner, context: Context | undefined): void {
    this.#join(task, context?.get(this.#slot));
  }

  #join(task: Owner | undefined, trace: Trace | undefined): void {
    const test = testOf(task);
    const { tracing } = this.from;
    const run = test && this.#runs.get(test);
    if (run === undefined || trace === undefined) return;
    run.advanceTo(run.trace && run.trace !== trace ? tracing.joinTraces(run.trace, trace) : trace);
  }

  /** Ends the run of a test. */
  endRun(test: Owner, errors: readonly unknown[]): void {
    const run = this.#runs.get(test);
    if (run === undefined || !this.#running.delete(run)) return;
    this.#takeIn(run);
    if (this.file) {
      this.#ended.push({ test, run, last: run.lastEvent(), errors });
      this.file.write();
    } else {
      this.#runs.delete(test);
    }
    run.forget();
  }

  /** Writes the last event of each run, when every test has its result. Returns the graphs of failed tests. */
  finish(errorsOf: (test: Owner) => readonly unknown[]): WrittenGraph[] {
    const failed: WrittenGraph[] = [];
    for (const { test, run, last, errors } of this.#ended) {
      const isLatest = this.#runs.get(test) === run;
      const messages = (isLatest ? errorsOf(test) : errors).map(messageOf);
      const isFailed = messages.length > 0;
      const fields = messages.map((message) => ['message', message] as const);
      this.#write({ ...last, label: isFailed ? 'failed' : 'passed', ...(isFailed && { fields }) });
      if (isFailed && isLatest) failed.push({ test: test.name, taskId: last.taskId });
    }
    this.file?.write();
    return failed;
  }

  #begin(test: Owner, before: TestRun | undefined): TestRun {
    const { tracing, source } = this.from;
    const run = new TestRun((before?.attempt ?? 0) + 1);
    this.#runs.set(test, run);
    this.#running.add(run);
    if (this.file === undefined) return run;
    this.#runOfTask.set(shortTaskId(run.taskId), run);
    const { fullName, position } = test;
    const { attempt } = run;
    this.#write({
      ...run.firstEvent(fullName),
      ...(position && { source: `${position.file}:${position.line}` }),
      ...(attempt > 1 && { fields: [['attempt', String(attempt)]] }),
    });
    tracing.continueTask(run.taskId, [run.firstEventId]);
    run.advanceTo(source.get(this.#slot));
    return run;
  }

  /** Joins the settled promises that a test has returned, as if it had awaited them. */
  #takeIn(run: TestRun): void {
    const { source } = this.from;
    const settled = run.takeSettled();
    // Most tests log nothing.
    if (run.events.size === 0) return;
    for (const promise of settled) {
      const after = source.runWith(this.#slot, run.trace, () => source.contextAfter(promise));
      run.advanceTo(after?.get(this.#slot));
    }
  }

  #logged(report: TestEvent): void {
    const run = this.#runOf(report.taskId);
    if (run === undefined) {
      this.#write({ ...report, taskId: shortTaskId(report.taskId), timestamp: now() });
      return;
    }
    const event = run.add(report);
    if (this.#running.has(run)) run.remember(event);
    this.#write(event);
  }

  /** Returns the run that an X-Trace task belongs to: by its id, or else by the owner of the running code. */
  #runOf(taskId: string): TestRun | undefined {
    const known = this.#runOfTask.get(shortTaskId(taskId));
    if (known) return known;
    for (const run of this.#running) if (run.has(taskId)) return run;
    const test = testOf(this.from.owner());
    return test && this.#runs.get(test);
  }

  /** Writes an event. All events of a file get the same process name, whatever the program sets. */
  #write({ taskId, eventId, parentEventIds, timestamp, label, source, fields }: TestEvent): void {
    this.file?.add({
      ...{ taskId, eventId, parentEventIds, timestamp, label },
      processName: this.from.name,
      ...(source !== undefined && { source }),
      ...(fields && { fields }),
    });
  }
}

/** Returns the test that an owner belongs to, if any. */
function testOf(task: Owner | undefined): Owner | undefined {
  return task?.scope.kind === 'test' ? task.scope : undefined;
}

/** Returns the message of an error, which Circus may pair with an error that marks where the test is written. */
function messageOf(kept: unknown): string {
  const error: unknown = Array.isArray(kept) ? (kept[0] ?? kept[1]) : kept;
  const { message = error } = Object(error) as { message?: unknown };
  const text = withoutColors(String(message));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function withoutColors(text: string): string {
  return text.replace(/\u001b\[[\d;]*m/g, '');
}
