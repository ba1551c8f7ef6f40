import { useEffect, useMemo, useState } from 'preact/hooks';
import { compareTasks } from '../../../src/analysis/compare';
import type { Amount, Comparison, Difference } from '../../../src/analysis/compare';
import { compareText } from '../../../src/analysis/compare-text';
import { titleKindOf } from '../../../src/analysis/kinds';
import type { TaskPage } from '../../../src/store/store';
import { address, hrefOf, listHref, taskHref } from '../address';
import { fetchTasks } from '../api';
import type { OpenTask } from '../model/open-task';
import { dateTime, duration } from '../model/text';
import { TaskState } from '../state/task-state';
import { CopyButton } from '../widgets/copy-button';
import { ComparedGraphs } from './compared-graphs';

/** Compares two tasks: a list of what differs, and both graphs with what was added, removed and slower. */
export function ComparePage() {
  const { before, after } = address.value.query;
  const { task: first, error: firstError } = useTask(before);
  const { task: second, error: secondError } = useTask(after);
  const comparison = useMemo(
    () => first && second && compareTasks(eventsOf(first), eventsOf(second)),
    [first, second],
  );
  useEffect(() => {
    document.title = 'Compare · Throughline';
  }, []);
  return (
    <main class="compare">
      <header class="bar">
        <a class="back" href={listHref()}>
          All tasks
        </a>
        <h1>Compare two tasks</h1>
      </header>
      {[firstError, secondError].map((error) => error && <p role="alert">{error}</p>)}
      {!before && <p class="empty">Select two tasks in the list of all tasks.</p>}
      {!after && before && <Choose before={before} />}
      {comparison && (
        <>
          <Differences comparison={comparison} />
          <ComparedGraphs first={first!} second={second!} />
        </>
      )}
    </main>
  );
}

function Differences({ comparison }: { comparison: Comparison }) {
  const { before, after, added, removed, changed } = comparison;
  const parts: readonly (readonly [string, readonly Difference[]])[] = [
    ['Added', added],
    ['Removed', removed],
    ['Longer or shorter', changed],
  ];
  return (
    <section>
      <p>
        <a href={taskHref(before.taskId)}>{before.title || before.taskId}</a>,{' '}
        {duration(before.duration)}, and then{' '}
        <a href={taskHref(after.taskId)}>{after.title || after.taskId}</a>,{' '}
        {duration(after.duration)}: {duration(Math.abs(after.duration - before.duration))}{' '}
        {after.duration >= before.duration ? 'longer' : 'shorter'}.{' '}
        <CopyButton label="Copy as text" text={() => compareText(comparison)} />
      </p>
      <table>
        <thead>
          <tr>
            <th>Operation</th>
            <th class="number">Before</th>
            <th class="number">After</th>
            <th class="number">Difference</th>
            <th>On critical path</th>
          </tr>
        </thead>
        {parts.map(
          ([title, differences]) =>
            differences.length > 0 && (
              <tbody key={title}>
                <tr>
                  <th colSpan={5} scope="rowgroup">
                    {title}
                  </th>
                </tr>
                {differences.slice(0, 100).map((one) => (
                  <tr key={one.what}>
                    <td>{one.what}</td>
                    <td class="number">{amount(one.before)}</td>
                    <td class="number">{amount(one.after)}</td>
                    <td class="number">{signed(one.after.duration - one.before.duration)}</td>
                    <td>{one.decided ? 'yes' : ''}</td>
                  </tr>
                ))}
              </tbody>
            ),
        )}
      </table>
    </section>
  );
}

/** Returns a search for tasks of the same kind: with the same begin of their titles, up to where ids and numbers differ. */
function alikeTo(title: string): string {
  const start = titleKindOf(title).split('#')[0]!;
  return `title~"${start.replace(/["\\]/g, '\\$&')}"`;
}

/** Lets the reader choose what to compare a task with: tasks of the same kind. */
function Choose({ before }: { before: string }) {
  const { task: first } = useTask(before);
  const [page, setPage] = useState<TaskPage>();
  const title = first?.why.title;
  useEffect(() => {
    if (title === undefined) return;
    void fetchTasks({
      where: alikeTo(title),
      offset: 0,
      limit: 50,
      order: 'last',
      reversed: false,
    }).then(setPage);
  }, [title]);
  const others = page?.tasks.filter(({ taskId }) => taskId !== before);
  return (
    <section>
      <p>Choose the task to compare {title} with:</p>
      {others?.length === 0 && (
        <p class="empty">
          There is no other task of this kind. Choose two in{' '}
          <a href={listHref()}>the list of all tasks</a>.
        </p>
      )}
      <ul>
        {others?.map(({ taskId, title: name, firstEvent, duration: took }) => (
          <li key={taskId}>
            <a href={hrefOf('/compare', { before, after: taskId })}>{name || taskId}</a>,{' '}
            {duration(took)}, {dateTime(firstEvent)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function useTask(taskId: string | undefined): {
  readonly task: OpenTask | undefined;
  readonly error: string | undefined;
} {
  const state = useMemo(() => (taskId ? new TaskState(taskId) : undefined), [taskId]);
  useEffect(() => {
    void state?.load();
    return () => state?.end();
  }, [state]);
  return { task: state?.task.value, error: state?.error.value };
}

function* eventsOf({ graph: { model } }: OpenTask) {
  for (let i = 0; i < model.size; i++) yield model.event(i);
}

function amount({ times, duration: took }: Amount): string {
  return times === 0 ? '' : `${times} × ${duration(took / times)}`;
}

function signed(micros: number): string {
  return micros > 0 ? `+${duration(micros)}` : duration(micros);
}
