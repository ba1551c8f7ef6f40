import { useEffect, useState } from 'preact/hooks';
import { TASK_FIELDS } from '../../../src/search/task-query';
import type { LineAnswer } from '../../../src/query/lines';
import { address, listHref, setQuery, taskHref } from '../address';
import { fetchLines } from '../api';
import { duration, number } from '../model/text';
import { SearchBox } from '../widgets/search-box';

const SUGGESTIONS = Object.entries(TASK_FIELDS).map(([text, { about }]) => ({ text, about }));
/** What the links to tasks are called: they begin with the one in which it took longest. */
const EXAMPLES = ['slowest', 'second', 'third'];
/** Maximum number of lines listed. */
const MOST = 500;

/** Shows what each line of source cost in many tasks. */
export function LinesPage() {
  const { where = '' } = address.value.query;
  const [answer, setAnswer] = useState<LineAnswer>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    document.title = 'Lines · Throughline';
    let isOld = false;
    fetchLines(where).then(
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
    <main class="lines">
      <header class="bar">
        <a class="back" href={listHref()}>
          All tasks
        </a>
        <h1>Lines</h1>
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
      {answer?.lines.length === 0 && <p class="empty">No operations in these tasks.</p>}
      {answer && answer.lines.length > 0 && (
        <table>
          <caption>What operations cost, by the line that began them</caption>
          <thead>
            <tr>
              <th>Line</th>
              <th>Operation</th>
              <th class="number">Calls</th>
              <th class="number">Median</th>
              <th class="number">p95</th>
              <th class="number">On critical paths</th>
              <th class="number">Errors</th>
              <th>Slowest tasks</th>
            </tr>
          </thead>
          <tbody>
            {answer.lines.slice(0, MOST).map((line) => (
              <tr key={line.source + line.what}>
                <td>
                  <code>{line.source || '–'}</code>
                </td>
                <td>{line.what}</td>
                <td class="number">{number(line.times)}</td>
                <td class="number">{duration(line.median)}</td>
                <td class="number">{duration(line.p95)}</td>
                <td class="number">{duration(line.decided)}</td>
                <td class={line.errors > 0 ? 'number failed' : 'number'}>{number(line.errors)}</td>
                <td>
                  {line.tasks.map((taskId, i) => (
                    <a
                      key={taskId}
                      class="example"
                      href={taskHref(taskId)}
                      title={`Task ${taskId}`}
                    >
                      {EXAMPLES[i]}
                    </a>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}
