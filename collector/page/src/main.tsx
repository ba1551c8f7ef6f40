import { render } from 'preact';
import { address } from './address';
import { embeddedTask } from './api';
import './style.css';
import { ComparePage } from './views/compare-page';
import { LinesPage } from './views/lines-page';
import { ShapesPage } from './views/shapes-page';
import { TaskPage } from './views/task-page';
import { TasksPage } from './views/tasks-page';

function App() {
  const { path } = address.value;
  const inPath = /^\/tasks\/([^/]+)$/.exec(path)?.[1];
  const taskId = embeddedTask?.taskId ?? (inPath && decoded(inPath));
  if (taskId !== undefined) return <TaskPage key={taskId} taskId={taskId} />;
  if (path === '/compare') return <ComparePage />;
  if (path === '/lines') return <LinesPage />;
  if (path === '/shapes') return <ShapesPage />;
  if (path === '/') return <TasksPage />;
  return <NotFound />;
}

/** Returns what stands in a path. What cannot be decoded is left as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function NotFound() {
  return (
    <main>
      <h1>Page not found</h1>
      <p>
        <a href="/">All tasks</a>
      </p>
    </main>
  );
}

render(<App />, document.getElementById('app')!);
