import { useEffect, useMemo, useState } from 'preact/hooks';
import { compareTasks } from '../../../src/analysis/compare';
import type { Amount, Comparison, Difference } from '../../../src/analysis/compare';
import { compareText } from '../../../src/analysis/compare-text';
import { NONE } from '../../../src/graph/task-model';
import type { TaskPage } from '../../../src/store/store';
import { address, hrefOf, listHref, taskHref } from '../address';
import { fetchTasks } from '../api';
import type { NodeStatus } from '../drawing/graph-nodes';
import { GraphScene } from '../drawing/graph-scene';
import { align } from '../model/alignment';
import { layOut } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';
import { dateTime, duration } from '../model/text';
import { viewGraph } from '../model/view-graph';
import { TaskState } from '../state/task-state';
import { CopyButton } from '../widgets/copy-button';
import { Picture } from '../widgets/picture';

/** An event is slower if its operation took so much longer, as a part and in microseconds. */
const SLOWER = { times: 1.5, atLeast: 1000 } as const;

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
          <Graphs first={first!} second={second!} />
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

function Graphs({ first, second }: { first: OpenTask; second: OpenTask }) {
  const scenes = useMemo(() => {
    const aligned = align(first, second);
    const statusIn =
      (task: OpenTask, other: OpenTask, matches: Int32Array, missing: NodeStatus) =>
      (event: number): NodeStatus => {
        const match = matches[event]!;
        if (match === NONE) return missing;
        const [mine, its] = [lengthOf(task, event), lengthOf(other, match)];
        return mine - its > SLOWER.atLeast && mine > its * SLOWER.times ? 'slower' : undefined;
      };
    const sceneOf = (task: OpenTask, statusOf: (event: number) => NodeStatus): GraphScene =>
      new GraphScene(task, layOut(viewGraph(task.graph, { operations: true })), statusOf);
    return [
      ['Before', sceneOf(first, statusIn(first, second, aligned.first, 'removed'))],
      ['After', sceneOf(second, statusIn(second, first, aligned.second, 'added'))],
    ] as const;
  }, [first, second]);
  return (
    <div class="both">
      {scenes.map(([title, scene]) => (
        <section key={title}>
          <h2>{title}</h2>
          <PlainPicture label={`Causal graph ${title.toLowerCase()}`} scene={scene} />
        </section>
      ))}
    </div>
  );
}

/** A picture in which nothing is chosen. */
function PlainPicture({ label, scene }: { label: string; scene: GraphScene }) {
  const [hovered, setHovered] = useState(NONE);
  const [selected, setSelected] = useState(NONE);
  return (
    <Picture
      {...{ label, scene, lit: undefined, marks: { hovered, selected } }}
      handlers={{
        onHover: setHovered,
        onSelect: setSelected,
        onMenu() {},
        onOpen() {},
        onView() {},
      }}
      onStage={() => {}}
    />
  );
}

/** Lets the reader choose what to compare a task with: tasks with the same name. */
function Choose({ before }: { before: string }) {
  const { task: first } = useTask(before);
  const [page, setPage] = useState<TaskPage>();
  const title = first?.why.title;
  useEffect(() => {
    if (title === undefined) return;
    const where = `title="${title.replace(/["\\]/g, '\\$&')}"`;
    void fetchTasks({ where, offset: 0, limit: 50, order: 'last', reversed: false }).then(setPage);
  }, [title]);
  const others = page?.tasks.filter(({ taskId }) => taskId !== before);
  return (
    <section>
      <p>Choose the task to compare {title} with:</p>
      {others?.length === 0 && (
        <p class="empty">
          There is no other task with this name. Choose two in the list of all tasks.
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

function lengthOf({ graph: { model }, time }: OpenTask, event: number): number {
  const partner = model.partner[event]!;
  return partner === NONE ? 0 : Math.abs(time[partner]! - time[event]!);
}

function amount({ times, duration: took }: Amount): string {
  return times === 0 ? '' : `${times} × ${duration(took / times)}`;
}

function signed(micros: number): string {
  return micros > 0 ? `+${duration(micros)}` : duration(micros);
}
