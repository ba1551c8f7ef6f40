import { render } from 'preact';
import { address } from './address';
import { embeddedTask } from './api';
import './style.css';
import { ComparePage } from './views/compare-page';
import { LinesPage } from './views/lines-page';
import { TaskPage } from './views/task-page';
import { TasksPage } from './views/tasks-page';

function App() {
  const { path } = address.value;
  const inPath = /^\/tasks\/([^/]+)$/.exec(path)?.[1];
  const taskId = embeddedTask?.taskId ?? (inPath && decodeURIComponent(inPath));
  if (taskId !== undefined) return <TaskPage key={taskId} taskId={taskId} />;
  if (path === '/compare') return <ComparePage />;
  if (path === '/lines') return <LinesPage />;
  return <TasksPage />;
}

render(<App />, document.getElementById('app')!);
