import { stripVTControlCharacters } from 'node:util';
import type { Slot, Source, Task } from '../ledger/index.js';
import { listenTo } from './client.js';
import type { Client, Trace } from './client.js';
import { keptHalf, now } from './event.js';
import type { Event } from './event.js';
import type { EventFile } from './event-file.js';
import { TestRun } from './test-run.js';

/** How much of an error's message an event takes along. */
const MOST_CHARACTERS = 4000;

/** What the events of a test file are read from. */
export interface EventSource {
  readonly client: Client;
  readonly source: Source;
  /** The task of the running code. */
  owner(): Task | undefined;
  /** How events name the process that they are of: the test file. */
  readonly name: string;
}

/** A graph that was written. */
export interface WrittenGraph {
  readonly test: string;
  readonly taskId: string;
}

/** A run that is over; how it ended is known when the file is done. */
interface Ended {
  readonly test: Task;
  readonly run: TestRun;
  readonly last: Event;
  readonly errors: readonly unknown[];
}

/**
 * What the tests of a file have logged. Where it is written, each test is a task of X-Trace, which begins
 * and ends with an event; where it is not, the program sees nothing of it.
 */
export class Events {
  /** Of each test, its latest run. */
  readonly #runs = new Map<Task, TestRun>();
  readonly #runOfTask = new Map<string, TestRun>();
  readonly #running = new Set<TestRun>();
  readonly #ended: Ended[] = [];
  readonly #slot: Slot<Trace | undefined>;

  constructor(
    private readonly from: EventSource,
    private readonly file: EventFile | undefined,
  ) {
    const { client } = from;
    // A token is what the runtime's slots are.
    this.#slot = client.traceSlot as unknown as Slot<Trace | undefined>;
    listenTo(client, {
      logged: (report) => this.#logged(report),
      started: (taskId, before) => this.#runOf(before.taskId)?.started(taskId, before),
    });
  }

  /** The run of the test that is running. Where nobody knows which, it is the only one, if it is. */
  get current(): TestRun | undefined {
    const test = testOf(this.from.owner());
    if (test) return this.#runs.get(test);
    const [only, ...others] = this.#running;
    return others.length === 0 ? only : undefined;
  }

  /**
   * Calls a hook or the function of a test so that it comes after what has run of the test before. To be
   * called in the frame that it begins in.
   */
  within(task: Task | undefined, body: () => unknown): unknown {
    const test = testOf(task);
    if (test === undefined) return body();
    const { source } = this.from;
    const known = this.#runs.get(test);
    const run = known && this.#running.has(known) ? known : this.#begin(test, known);
    this.#takeIn(run);
    if (run.trace && this.file) source.set(this.#slot, run.trace);
    try {
      const result = body();
      run.waitsFor(result);
      return result;
    } finally {
      run.cameTo(source.get(this.#slot));
    }
  }

  /** A test has called `done`, in this strand. */
  done(task: Task | undefined): void {
    const test = testOf(task);
    const { client, source } = this.from;
    const trace = source.get(this.#slot);
    const run = test && this.#runs.get(test);
    if (run === undefined || trace === undefined) return;
    const { join } = client.traceSlot.callbacks;
    run.cameTo(run.trace && run.trace !== trace && join ? join(run.trace, trace) : trace);
  }

  /** A run of a test is over. */
  ended(test: Task, errors: readonly unknown[]): void {
    const run = this.#runs.get(test);
    if (run === undefined || !this.#running.delete(run)) return;
    this.#takeIn(run);
    if (this.file) this.#ended.push({ test, run, last: run.last(), errors });
    run.forget();
    this.file?.write();
  }

  /** Every test has its result; returns the graphs of those that have failed. */
  finish(errorsOf: (test: Task) => readonly unknown[]): WrittenGraph[] {
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

  #begin(test: Task, before: TestRun | undefined): TestRun {
    const { client, source } = this.from;
    const run = new TestRun((before?.attempt ?? 0) + 1);
    this.#runs.set(test, run);
    this.#running.add(run);
    if (this.file === undefined) return run;
    this.#runOfTask.set(keptHalf(run.taskId), run);
    const { name, place } = test;
    const { attempt } = run;
    this.#write({
      ...run.first(name),
      ...(place && { source: `${place.file}:${place.line}` }),
      ...(attempt > 1 && { fields: [['attempt', String(attempt)]] }),
    });
    client.continueTask(run.taskId, [run.firstEventId]);
    run.cameTo(source.get(this.#slot));
    return run;
  }

  /** A test comes after what the promises that it has returned ended with, as if it had awaited them. */
  #takeIn(run: TestRun): void {
    const { source } = this.from;
    for (const promise of run.takeSettled()) {
      const after = source.runWith(this.#slot, run.trace, () => source.contextAfter(promise));
      run.cameTo(after?.get(this.#slot));
    }
  }

  #logged(report: Event): void {
    const run = this.#runOf(report.taskId);
    if (run === undefined) {
      this.#write({ ...report, taskId: keptHalf(report.taskId), timestamp: now() });
      return;
    }
    const event = run.add(report);
    if (this.#running.has(run)) run.remember(event);
    this.#write(event);
  }

  /** The test that a task belongs to: by the task, or else by who is running. */
  #runOf(taskId: string): TestRun | undefined {
    const known = this.#runOfTask.get(keptHalf(taskId));
    if (known) return known;
    for (const run of this.#running) if (run.has(taskId)) return run;
    const test = testOf(this.from.owner());
    return test && this.#runs.get(test);
  }

  /** All that is in a file was logged in one process, whatever that calls itself. */
  #write({ taskId, eventId, parentEventIds, timestamp, label, source, fields }: Event): void {
    this.file?.add({
      ...{ taskId, eventId, parentEventIds, timestamp, label },
      processName: this.from.name,
      ...(source !== undefined && { source }),
      ...(fields && { fields }),
    });
  }
}

/** The test that a hook or a test is of. */
function testOf(task: Task | undefined): Task | undefined {
  return task?.scope.kind === 'test' ? task.scope : undefined;
}

/** Circus keeps an error beside the place where its test is written. */
function messageOf(kept: unknown): string {
  const error: unknown = Array.isArray(kept) ? (kept[0] ?? kept[1]) : kept;
  const { message = error } = Object(error) as { message?: unknown };
  const text = stripVTControlCharacters(String(message));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
