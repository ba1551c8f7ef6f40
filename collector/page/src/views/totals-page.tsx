import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { TASK_FIELDS } from '../../../src/search/task-query';
import type { TasksRead } from '../../../src/query/read-tasks';
import { address, listHref, setQuery, taskHref } from '../address';
import { number } from '../model/text';
import { SearchBox } from '../widgets/search-box';

const SUGGESTIONS = Object.entries(TASK_FIELDS).map(([text, { about }]) => ({ text, about }));
/** What the links to tasks are called: they begin with the one in which it took longest. */
const EXAMPLES = ['slowest', 'second', 'third'];

/** Shows what is told of many tasks, with a search for them. `fetch` must be the same function each time. */
export function TotalsPage<T extends TasksRead>({
  title,
  fetch,
  children,
}: {
  title: string;
  fetch: (where: string) => Promise<T>;
  children: (answer: T) => ComponentChildren;
}) {
  const { where = '' } = address.value.query;
  const [answer, setAnswer] = useState<T>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    document.title = `${title} · Throughline`;
    let isOld = false;
    fetch(where).then(
      (found) => {
        if (isOld) return;
        setAnswer(found);
        setError(undefined);
      },
      (failure: Error) => !isOld && setError(failure.message),
    );
    return () => {
      isOld = true;
    };
  }, [where]);
  return (
    <main class="totals">
      <header class="bar">
        <a class="back" href={listHref()}>
          All tasks
        </a>
        <h1>{title}</h1>
        {answer && (
          <p class="facts">
            {answer.tasks === answer.matching
              ? `${number(answer.tasks)} tasks`
              : `The newest ${number(answer.tasks)} of ${number(answer.matching)} tasks`}
          </p>
        )}
      </header>
      <SearchBox
        label="Search tasks"
        placeholder="Only tasks that match: route=/carts"
        value={where}
        suggestions={SUGGESTIONS}
        error={error?.includes('TL_QUERY_INVALID') ? error : undefined}
        onSearch={(text) => setQuery({ where: text })}
      />
      {error && !error.includes('TL_QUERY_INVALID') && <p role="alert">{error}</p>}
      {answer && children(answer)}
    </main>
  );
}

/** Links to tasks, the slowest first. */
export function Examples({ tasks }: { tasks: readonly string[] }) {
  return (
    <>
      {tasks.map((taskId, i) => (
        <a key={taskId} class="example" href={taskHref(taskId)} title={`Task ${taskId}`}>
          {EXAMPLES[i]}
        </a>
      ))}
    </>
  );
}
