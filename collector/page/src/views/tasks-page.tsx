import { useEffect, useState } from 'preact/hooks';
import { TASK_FIELDS } from '../../../src/search/task-query';
import { termText } from '../../../src/search/terms';
import type { TaskHistogram, TaskPage, TaskRange, TaskSummary } from '../../../src/store/store';
import { address, hrefOf, setQuery, taskHref } from '../address';
import { fetchHistogram, fetchTasks, listenToStore } from '../api';
import { count, dateTime, duration, localTime, number } from '../model/text';
import { Histogram } from '../widgets/histogram';
import { SearchBox } from '../widgets/search-box';
import { useVirtualRows } from '../widgets/virtual';

const PAGE = 100;
const ROW = 56;
const PARTS = 80;
/** Least time between two requests while the store changes, in milliseconds. */
const REFRESH_MS = 1000;

type Order = NonNullable<TaskRange['order']>;

const COLUMNS: readonly {
  readonly label: string;
  readonly order?: Order;
  readonly isNumber?: true;
}[] = [
  { label: 'Task', order: 'title' },
  { label: 'Processes' },
  { label: 'Began', order: 'start' },
  { label: 'Duration', order: 'duration', isNumber: true },
  { label: 'Events', order: 'events', isNumber: true },
  { label: 'Errors', order: 'errors', isNumber: true },
];

const SUGGESTIONS = [
  { text: 'error', about: 'tasks with an error' },
  ...Object.entries(TASK_FIELDS).map(([name, { kind, about }]) => ({
    text: name + (kind === 'text' ? '~' : kind === 'id' ? '=' : '>'),
    about,
  })),
];

/** Shows the tasks of the store, the newest first, and finds some of them. */
export function TasksPage() {
  const { where = '', order = 'last', reversed = '' } = address.value.query;
  const { page, rows, histogram, error, see } = useTasks(
    where,
    order as Order,
    reversed === 'true',
  );
  const [chosen, setChosen] = useState<readonly TaskSummary[]>([]);
  const list = useVirtualRows(page?.matching ?? 0, ROW);
  const first = list.items[0]?.index ?? 0;
  const last = list.items.at(-1)?.index ?? 0;
  useEffect(() => see(first, last), [first, last, page?.matching]);
  useEffect(() => {
    document.title = 'Throughline';
  }, []);

  const add = (term: string): void => setQuery({ where: `${where} ${term}`.trim() });
  const isChosen = ({ taskId }: TaskSummary): boolean =>
    chosen.some((one) => one.taskId === taskId);
  const choose = (task: TaskSummary): void =>
    setChosen(
      isChosen(task)
        ? chosen.filter(({ taskId }) => taskId !== task.taskId)
        : [...chosen, task].slice(-2).sort((a, b) => a.firstEvent - b.firstEvent),
    );
  const isEmpty = page?.total === 0;
  return (
    <main class="list">
      <header class="bar">
        <h1>Throughline</h1>
        {page && <p class="facts">{howMany(page)}</p>}
        <nav>
          <a href={hrefOf('/lines', { where })}>Lines</a>
          <a href={hrefOf('/shapes', { where })}>Shapes</a>
          {chosen.length === 2 && (
            <a href={hrefOf('/compare', { before: chosen[0]!.taskId, after: chosen[1]!.taskId })}>
              Compare the two selected tasks
            </a>
          )}
        </nav>
      </header>
      {!isEmpty && (
        <SearchBox
          label="Search tasks"
          placeholder="Search: route=/carts duration>100ms error"
          value={where}
          suggestions={SUGGESTIONS}
          error={error?.includes('TL_QUERY_INVALID') ? error : undefined}
          onSearch={(text) => setQuery({ where: text })}
        />
      )}
      {error && !error.includes('TL_QUERY_INVALID') && <p role="alert">{error}</p>}
      {page?.evicted && (
        <p class="note">
          {count(page.evicted.tasks, 'older task')} ({count(page.evicted.events, 'event')}) were
          removed, because the store has a largest size and age.
        </p>
      )}
      {isEmpty && <Empty />}
      {histogram && page && page.matching > 1 && (
        <Histogram
          histogram={histogram}
          onRange={(from, to) => {
            const rest = where.replace(/(?:^|\s)start[<>]=?\S+/g, '');
            const range = `start>=${localTime(from)} start<=${localTime(to + 1000)}`;
            setQuery({ where: `${rest} ${range}`.trim() });
          }}
        />
      )}
      {page && !isEmpty && page.matching === 0 && (
        <p class="empty">
          No task matches this search.{' '}
          <button class="link" onClick={() => setQuery({ where: undefined })}>
            Show all {number(page.total)}
          </button>
        </p>
      )}
      {page && page.matching > 0 && (
        <div class="rows" ref={list.scroller} tabIndex={0} role="region" aria-label="Tasks">
          <div role="table" aria-label="Tasks" aria-rowcount={page.matching + 1}>
            <div role="row" class="task-row head">
              <span role="columnheader">
                <span class="sr-only">Select</span>
              </span>
              {COLUMNS.map((column) => (
                <ColumnHead key={column.label} {...column} />
              ))}
            </div>
            <div role="rowgroup" class="space" style={{ height: `${list.height}px` }}>
              {list.items.map(({ index, start }) => (
                <div
                  key={index}
                  role="row"
                  aria-rowindex={index + 2}
                  class="task-row"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {rows.get(index) ? (
                    <TaskRow
                      task={rows.get(index)!}
                      isChosen={isChosen(rows.get(index)!)}
                      onChoose={choose}
                      onFilter={add}
                    />
                  ) : (
                    <span role="cell" class="minor">
                      …
                    </span>
                  )}
                </div>
              ))}
            </div>
          </div>
        </div>
      )}
    </main>
  );
}

function TaskRow({
  task,
  isChosen,
  onChoose,
  onFilter,
}: {
  task: TaskSummary;
  isChosen: boolean;
  onChoose: (task: TaskSummary) => void;
  onFilter: (term: string) => void;
}) {
  const { taskId, title, processes, tags, firstEvent, duration: took, events, errors } = task;
  const filter = (name: string, value: string): void =>
    onFilter(termText({ negated: false, field: { name, operator: '=' }, value }));
  return (
    <>
      <span role="cell">
        <input
          type="checkbox"
          aria-label={`Select ${title || taskId} to compare`}
          checked={isChosen}
          onChange={() => onChoose(task)}
        />
      </span>
      <span role="cell" class="name">
        <a href={taskHref(taskId)} title={title}>
          {title || taskId}
        </a>
        <span class="minor">
          <code>{taskId}</code>
          {tags.map((tag) => (
            <button
              key={tag}
              class="chip"
              title={`Only tasks with the tag ${tag}`}
              onClick={() => filter('tag', tag)}
            >
              {tag}
            </button>
          ))}
        </span>
      </span>
      <span role="cell" class="chips">
        {processes.map((name) => (
          <button
            key={name}
            class="chip"
            title={`Only tasks of ${name}`}
            onClick={() => filter('process', name)}
          >
            {name || 'unnamed'}
          </button>
        ))}
      </span>
      <span role="cell">{dateTime(firstEvent)}</span>
      <span role="cell" class="number">
        {duration(took)}
      </span>
      <span role="cell" class="number">
        {number(events)}
      </span>
      <span role="cell" class={errors > 0 ? 'number failed' : 'number'}>
        {number(errors)}
      </span>
    </>
  );
}

function ColumnHead({ label, order, isNumber }: (typeof COLUMNS)[number]) {
  const { order: sorted = 'last', reversed } = address.value.query;
  const isSorted = order === sorted;
  const sort = isSorted ? (reversed ? 'ascending' : 'descending') : undefined;
  return (
    <span role="columnheader" class={isNumber && 'number'} aria-sort={sort}>
      {order ? (
        <button
          class="link"
          onClick={() => setQuery({ order, reversed: isSorted && !reversed ? 'true' : undefined })}
        >
          {label}
          {isSorted && (reversed ? ' ↑' : ' ↓')}
        </button>
      ) : (
        label
      )}
    </span>
  );
}

function Empty() {
  return (
    <section class="empty">
      <h2>No events have arrived yet</h2>
      <p>Start your program with</p>
      <pre>npx throughline run server.js</pre>
      <p>
        You can also send OpenTelemetry traces: set <code>OTEL_EXPORTER_OTLP_ENDPOINT</code> to{' '}
        <code>{location.origin}</code>.
      </p>
    </section>
  );
}

function howMany({ matching, total }: TaskPage): string {
  return matching === total
    ? count(total, 'task')
    : `${number(matching)} of ${count(total, 'task')}`;
}

/** Fetches the tasks that are in view, and again when there are new ones. */
function useTasks(where: string, order: Order, reversed: boolean) {
  const [page, setPage] = useState<TaskPage>();
  const [rows, setRows] = useState<ReadonlyMap<number, TaskSummary>>(new Map());
  const [histogram, setHistogram] = useState<TaskHistogram | null>(null);
  const [error, setError] = useState<string>();
  const [seen, setSeen] = useState<readonly [number, number]>([0, 0]);
  const [version, setVersion] = useState(0);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = listenToStore(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setVersion((before) => before + 1);
      }, REFRESH_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
  useEffect(() => setRows(new Map()), [where, order, reversed]);
  const [from, to] = [Math.floor(seen[0] / PAGE), Math.floor(seen[1] / PAGE)];
  useEffect(() => {
    let isOld = false;
    const pages = Array.from({ length: to - from + 1 }, (_, i) => (from + i) * PAGE);
    Promise.all(
      pages.map((offset) => fetchTasks({ where, order, reversed, offset, limit: PAGE })),
    ).then(
      (found) => {
        if (isOld) return;
        setError(undefined);
        setPage(found[0]);
        setRows(
          new Map(
            found.flatMap(({ tasks }, i) =>
              tasks.map((task, at): [number, TaskSummary] => [pages[i]! + at, task]),
            ),
          ),
        );
      },
      (failure: Error) => !isOld && setError(failure.message),
    );
    return () => {
      isOld = true;
    };
  }, [where, order, reversed, from, to, version]);
  useEffect(() => {
    // A search that cannot be read is not asked for twice.
    if (page === undefined) return undefined;
    let isOld = false;
    fetchHistogram(where, PARTS).then(
      (found) => !isOld && setHistogram(found),
      // The list has the same error.
      () => undefined,
    );
    return () => {
      isOld = true;
    };
  }, [page]);
  return {
    ...{ page, rows, histogram, error },
    see: (first: number, last: number): void => {
      if (first !== seen[0] || last !== seen[1]) setSeen([first, last]);
    },
  };
}
