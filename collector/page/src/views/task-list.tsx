import type { TaskPage } from '../../../src/store/store';
import { fetchTasks } from '../api';
import { taskAddress } from '../address';
import { count, dateTime, duration } from '../model/text';
import { usePolled } from '../polled';

/** Shows the newest tasks, the one with the latest event first. */
export function TaskList() {
  const { value, error } = usePolled(fetchTasks, 'tasks');
  return (
    <main class="list">
      <header>
        <h1>Throughline</h1>
        {value && <p>{howMany(value)}</p>}
        {value?.evicted && (
          <p>
            {count(value.evicted.tasks, 'older task')} ({count(value.evicted.events, 'event')}) were
            removed, because the store has a largest size and age.
          </p>
        )}
      </header>
      {error && <p role="alert">{error}</p>}
      {value?.total === 0 && (
        <p class="empty">
          No events have arrived yet. Put <code>npx throughline run</code> before the command that
          starts your program: <code>npx throughline run server.js</code>. OpenTelemetry’s exporters
          can send here, too.
        </p>
      )}
      {value && value.total > 0 && (
        <table>
          <thead>
            <tr>
              <th>Task</th>
              <th>Processes</th>
              <th class="number">Events</th>
              <th class="number">Errors</th>
              <th class="number">Duration</th>
              <th>First event</th>
            </tr>
          </thead>
          <tbody>
            {value.tasks.map((task) => (
              <tr key={task.taskId}>
                <td>
                  <a href={taskAddress(task.taskId)}>{task.title || task.taskId}</a>
                  <code>{task.taskId}</code>
                </td>
                <td>{task.processes.length}</td>
                <td class="number">{task.events}</td>
                <td class={task.errors > 0 ? 'number failed' : 'number'}>{task.errors}</td>
                <td class="number">{duration(task.lastEvent - task.firstEvent)}</td>
                <td>{dateTime(task.firstEvent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

function howMany({ tasks, total }: TaskPage): string {
  const all = count(total, 'task');
  return total > tasks.length ? `The newest ${tasks.length} of ${all}` : all;
}
