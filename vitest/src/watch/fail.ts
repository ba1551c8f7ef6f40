import { isFile } from '../tasks.js';
import type { Runner, Task, TaskError } from '../tasks.js';

/** Fails a test that has ended, and the suites around it. Every reporter then shows it as failed. */
export function failTest(test: Task, { name, message, stack }: TaskError): void {
  const { result } = test;
  if (result === undefined) return;
  const error = { name, message, stack };
  result.state = 'fail';
  (result.errors ??= []).push(error);
  const last = result.attempts?.at(-1);
  if (last) {
    last.state = 'fail';
    // In Vitest 5 the list of the last attempt may be that of the result.
    last.errors ??= [];
    if (!last.errors.includes(error)) last.errors.push(error);
  }
  for (const suite of suitesAround(test)) if (suite.result) suite.result.state = 'fail';
}

/** Sends the state of tests and of their file to the process that reports. */
export async function sendResults(
  runner: Runner,
  file: Task,
  tests: readonly Task[],
): Promise<void> {
  const tasks = new Set([file, ...tests.flatMap((test) => [test, ...suitesAround(test)])]);
  await runner.onTaskUpdate?.(
    [...tasks].map(({ id, result, meta }) => [id, result, meta]),
    [],
  );
}

function suitesAround(test: Task): Task[] {
  const suites: Task[] = [];
  for (let at: Task | undefined = test.suite ?? test.file; at;) {
    suites.push(at);
    at = isFile(at) ? undefined : (at.suite ?? at.file);
  }
  return suites;
}
