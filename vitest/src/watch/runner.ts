import { isPromise } from '@throughline/ledger';
import type { Owner, OwnFrames } from '@throughline/ledger';
import type { Platform } from '../platform/platform.js';
import { isFile } from '../tasks.js';
import type { Hooks, Runner, Task, VitestParts } from '../tasks.js';
import type { TestFile } from './test-file.js';

/** The test files of the realm. */
interface Files {
  readonly current: TestFile;
  beginRun(task: Task): void;
}

/** Runs code as an owner. */
type RunAs = <R>(owner: Owner, body: () => R) => R;

/**
 * Makes each test and each hook run as its owner. Vitest calls the members of its runner through the prototype, also
 * those that a runner of the project inherits.
 */
export function watchRunner(
  parts: VitestParts,
  files: Files,
  platform: Platform,
  frames: OwnFrames,
): void {
  const runAs: RunAs = (owner, body) =>
    platform.runAs(owner, () => files.current.watch.run(owner, body));
  const { prototype } = parts.Runner;
  const { onBeforeRunSuite, onAfterRunSuite, onBeforeTryTask, runTask } = prototype;
  const patched = new WeakSet<Runner>();

  prototype.onBeforeRunSuite = async function (suite) {
    const result = await onBeforeRunSuite?.call(this, suite);
    if (!isFile(suite)) return result;
    files.beginRun(suite);
    new HookWrapper(parts, files.current, runAs).wrap(suite);
    if (!patched.has(this)) {
      patched.add(this);
      watchEnds(this, parts, files, frames);
    }
    return result;
  };

  prototype.onAfterRunSuite = async function (suite) {
    const result = await onAfterRunSuite?.call(this, suite);
    if (isFile(suite)) await files.current.settle(this);
    else files.current.owners.suite(suite).close();
    return result;
  };

  prototype.onBeforeTryTask = function (test, options) {
    const { owners, watch } = files.current;
    const owner = owners.test(test);
    owner.reopen();
    watch.begin(test, owner);
    const wrap = (fn: unknown): unknown => runningAs(owner, fn, runAs);
    test.onFinished = listThatWraps(wrap);
    test.onFailed = listThatWraps(wrap);
    return onBeforeTryTask?.call(this, test, options);
  };

  prototype.runTask = function (test) {
    const body = (): unknown =>
      runTask ? runTask.call(this, test) : parts.getFn(test).call(undefined);
    return runAs(files.current.owners.test(test), body);
  };
}

/** Notes the end of each test. The members of the instance were bound before the prototype was changed. */
function watchEnds(runner: Runner, parts: VitestParts, files: Files, frames: OwnFrames): void {
  const { onAfterRunTask } = runner;
  runner.onAfterRunTask = async function (test) {
    const { owners, watch } = files.current;
    const owner = owners.test(test);
    watch.end(test);
    owner.close();
    watch.noteFakeTimers(owner, parts.fakeTimers);
    for (const error of test.result?.errors ?? []) frames.hide(error);
    watch.events.endRun(owner, test.result?.errors ?? []);
    files.current.endTest();
    return onAfterRunTask?.call(this, test);
  };
}

/** Wraps the hooks of a file, before the first of them runs. */
class HookWrapper {
  constructor(
    private readonly parts: VitestParts,
    private readonly file: TestFile,
    private readonly runAs: RunAs,
  ) {}

  wrap(suite: Task): void {
    const hooks: Hooks = this.parts.getHooks(suite) ?? {};
    for (const [kind, list] of Object.entries(hooks)) {
      list.forEach((hook, index) => {
        const wrapper = this.#wrapped(hook, kind, suite);
        // Vitest keeps the timeout of a hook, and where it was written, under symbols.
        for (const key of Object.getOwnPropertySymbols(hook)) {
          Reflect.set(wrapper, key, Reflect.get(hook, key));
        }
        list[index] = wrapper;
      });
    }
    for (const task of suite.tasks ?? []) if (task.type === 'suite') this.wrap(task);
  }

  #wrapped(hook: Hooks[string][number], kind: string, suite: Task): Hooks[string][number] {
    const { file, runAs } = this;
    return function (this: unknown, ...args) {
      const context = args[kind.startsWith('around') ? 1 : 0] as { task?: Task } | undefined;
      const test = context?.task?.type === 'test' ? context.task : undefined;
      const owner = file.owners.hook(hook, kind, suite, test);
      const key = {};
      owner.reopen();
      file.watch.begin(key, owner);
      const cleanUp = (result: unknown): unknown => {
        file.watch.end(key);
        return kind.startsWith('before') ? runningAs(owner, result, runAs) : result;
      };
      const result = runAs(owner, () => Reflect.apply(hook, this, args));
      if (!isPromise(result)) return cleanUp(result);
      return result.then(cleanUp, (error: unknown) => {
        file.watch.end(key);
        throw error;
      });
    };
  }
}

/** Returns a function that runs as an owner. Returns anything else as it is. */
function runningAs(owner: Owner, fn: unknown, runAs: RunAs): unknown {
  if (typeof fn !== 'function') return fn;
  return function (this: unknown, ...args: unknown[]): unknown {
    return runAs(owner, () => Reflect.apply(fn, this, args) as unknown);
  };
}

/** Returns a list that wraps what is pushed, for the callbacks of `onTestFinished` and `onTestFailed`. */
function listThatWraps(wrap: (fn: unknown) => unknown): unknown[] {
  const list: unknown[] = [];
  Object.defineProperty(list, 'push', {
    value: (...fns: unknown[]) => Array.prototype.push.apply(list, fns.map(wrap)),
  });
  return list;
}
