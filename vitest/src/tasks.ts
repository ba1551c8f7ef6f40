// The parts of Vitest's tasks and runner that are used here. They are the same in Vitest 3, 4 and 5.

/** A test, a suite or a test file. */
export interface Task {
  readonly id: string;
  readonly name: string;
  readonly type: 'test' | 'suite';
  readonly suite?: Task;
  readonly file: Task;
  readonly filepath?: string;
  readonly location?: { readonly line: number; readonly column: number };
  readonly tasks?: readonly Task[];
  readonly meta: Record<string, unknown>;
  result?: TaskResult;
  onFinished?: unknown[];
  onFailed?: unknown[];
}

/** The result of a task so far. */
export interface TaskResult {
  state: string;
  errors?: TaskError[];
  /** One for each time that the test ran (Vitest 5). */
  readonly attempts?: { state: string; errors?: TaskError[] }[];
}

/** An error as it is sent to the process that reports. */
export interface TaskError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

type Hook = (this: unknown, ...args: unknown[]) => unknown;

/** The hooks of a suite, by kind: `beforeEach` … The lists are those that Vitest runs. */
export type Hooks = Record<string, Hook[]>;

/** Vitest's test runner. Vitest reads its members from the prototype when it calls them. */
export interface Runner {
  onBeforeRunSuite?(suite: Task): unknown;
  onAfterRunSuite?(suite: Task): unknown;
  onBeforeTryTask?(test: Task, options: object): unknown;
  onAfterRunTask?(test: Task): unknown;
  runTask?(test: Task): unknown;
  onTaskUpdate?(packs: readonly unknown[], events: readonly unknown[]): unknown;
}

/** What a version of Vitest exports for those who extend it. */
export interface VitestParts {
  readonly Runner: { readonly prototype: Runner };
  getHooks(suite: Task): Hooks | undefined;
  getFn(test: Task): () => unknown;
  /** Returns the collector of the suite whose body is running. */
  getCurrentSuite(): { readonly suite?: Task } | undefined;
  /** Returns the number of fake timers that have not run out. */
  fakeTimers(): number;
}

/** Returns true for the task of a whole file. */
export function isFile(task: Task): boolean {
  return task.filepath !== undefined;
}

/** Returns the names of a task and of the suites around it, outermost first. */
export function pathOf(task: Task): string[] {
  const names: string[] = [];
  for (let at: Task | undefined = task; at && !isFile(at); at = at.suite) names.unshift(at.name);
  return names;
}

/** Returns the tests of a suite and of the suites in it. */
export function testsOf(suite: Task): Task[] {
  return (suite.tasks ?? []).flatMap((task) => (task.type === 'suite' ? testsOf(task) : [task]));
}
