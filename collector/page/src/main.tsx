import { render } from 'preact';
import { useAddress } from './address';
import './style.css';
import { TaskList } from './views/task-list';
import { TaskView } from './views/task-view';

function App() {
  const { taskId, eventId } = useAddress();
  return taskId === undefined ? <TaskList /> : <TaskView taskId={taskId} openedAt={eventId} />;
}

render(<App />, document.getElementById('app')!);
