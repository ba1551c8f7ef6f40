import { useRef } from 'preact/hooks';
import { NONE } from '../../../src/graph/task-model';
import { toColumns } from '../../../src/graph/task-columns';
import { toPerfetto } from '../../../src/exports/perfetto';
import type { Scene, View } from '../drawing/scene';
import { SvgSurface } from '../drawing/svg-surface';
import type { TaskState } from '../state/task-state';

/** What can be taken away from a task's page: the picture as it is, and the events. */
export function ShareMenu({
  state,
  scene,
  view,
}: {
  state: TaskState;
  scene: Scene | undefined;
  view: View | undefined;
}) {
  const details = useRef<HTMLDetailsElement>(null);
  const task = state.task.value;
  if (!task) return null;
  const { model } = task.graph;
  const close = (): void => {
    if (details.current) details.current.open = false;
  };
  const events = () => Array.from(task.graph.order, (event) => model.event(event));
  return (
    <details
      class="share"
      ref={details}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
      onFocusOut={({ relatedTarget }) => {
        if (!details.current?.contains(relatedTarget as Node)) close();
      }}
    >
      <summary class="button">Share</summary>
      <div class="menu">
        {scene && view && (
          <button onClick={() => save('svg', 'image/svg+xml', pictureOf(state, scene, view))}>
            Picture (SVG)
          </button>
        )}
        <button
          onClick={() =>
            save(
              'json',
              'application/json',
              JSON.stringify({ taskId: model.taskId, events: events() }),
            )
          }
        >
          Events (JSON)
        </button>
        <button
          onClick={() =>
            save(
              'columns.json',
              'application/json',
              JSON.stringify(toColumns(model.taskId, events())),
            )
          }
        >
          Events (compact JSON)
        </button>
        <button
          onClick={() =>
            save(
              'perfetto.json',
              'application/json',
              JSON.stringify(toPerfetto(task.graph, task.time)),
            )
          }
        >
          Trace for Perfetto
        </button>
        <p class="minor">
          <code>throughline show {model.taskId} --html FILE</code> writes this page as one file.
        </p>
      </div>
    </details>
  );

  function save(ending: string, type: string, text: string): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = `${model.taskId}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    close();
  }
}

/** Draws what is in view as an SVG document, with what is chosen. */
export function pictureOf(state: TaskState, scene: Scene, view: View): string {
  const surface = new SvgSurface(view.width, view.height, view.theme.ground);
  const lit = state.lit.value;
  for (const _ of scene.draw(surface, view)) void _;
  if (lit) for (const _ of scene.draw(surface, view, lit)) void _;
  scene.drawOver(surface, view, {
    selected: state.selected.value,
    hovered: NONE,
    found: state.found.value,
  });
  return surface.document();
}
