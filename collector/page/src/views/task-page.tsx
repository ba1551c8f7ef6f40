import { useEffect, useMemo, useState } from 'preact/hooks';
import { share } from '../../../src/analysis/text';
import { NONE } from '../../../src/graph/task-model';
import { hrefOf, listHref, setQuery } from '../address';
import { embeddedTask } from '../api';
import type { Marks, View } from '../drawing/scene';
import type { Stage, StageHandlers } from '../drawing/stage';
import { EVENT_FIELDS } from '../model/event-search';
import { GROUPS } from '../model/groups';
import type { GroupBy } from '../model/groups';
import { count, duration, number } from '../model/text';
import { TaskState, VIEWS } from '../state/task-state';
import { EventMenu, HiddenStrip } from '../widgets/event-menu';
import { Legend } from '../widgets/legend';
import { LogList } from '../widgets/log-list';
import { Minimap } from '../widgets/minimap';
import { Overview } from '../widgets/overview';
import { Picture } from '../widgets/picture';
import { isTyping, SearchBox } from '../widgets/search-box';
import { ShareMenu } from '../widgets/share-menu';
import { SidePanel } from '../widgets/side-panel';
import { WhyPanel } from '../widgets/why-panel';

const SUGGESTIONS = [
  ...EVENT_FIELDS.map((name) =>
    name === 'error'
      ? { text: 'error', about: 'failed events' }
      : { text: `${name}~`, about: `the ${name} contains` },
  ),
  { text: 'http.route=', about: 'any field that an event was logged with' },
];
const VIEW_KEYS: Readonly<Record<string, (typeof VIEWS)[number]>> = {
  g: 'graph',
  t: 'timeline',
  l: 'log',
};
/** In a small picture, a map of it would only be in the way. */
const MINIMAP_ROOM = 220;
const GROUP_NAMES: Readonly<Record<GroupBy, string>> = {
  process: 'process',
  source: 'line',
  label: 'label',
};
const NAMES = { graph: 'Graph', timeline: 'Timeline', log: 'Log' } as const;

/** Shows one task: its graph, its timeline or its log, and everything about the event that is chosen. */
export function TaskPage({ taskId }: { taskId: string }) {
  const state = useMemo(() => new TaskState(taskId), [taskId]);
  useEffect(() => {
    if (embeddedTask) state.open(embeddedTask);
    else void state.load();
    return () => state.end();
  }, [state]);
  useKeys(state);
  const title = state.task.value?.why.title;
  useEffect(() => {
    document.title = title ? `${title} · Throughline` : 'Throughline';
  }, [title]);
  const task = state.task.value;
  const error = state.error.value;
  return (
    <main class="task">
      <Header state={state} />
      {error && (
        <p role="alert">
          {error}{' '}
          <button class="link" onClick={() => void state.load()}>
            Try again
          </button>
        </p>
      )}
      {!task && !error && <p class="empty">Loading {number(state.loaded.value)} events…</p>}
      {task && (
        <>
          <WhyPanel state={state} />
          <Toolbar state={state} />
          <HiddenStrip state={state} />
          <Panes state={state} />
        </>
      )}
      <p class="sr-only" role="status">
        {task && state.selected.value !== NONE && task.graph.model.labelOf(state.selected.value)}
      </p>
    </main>
  );
}

function Header({ state }: { state: TaskState }) {
  const task = state.task.value;
  const why = task?.why;
  const [loaded, total] = [state.loaded.value, state.total.value];
  return (
    <header class="bar">
      {!embeddedTask && (
        <a class="back" href={listHref()}>
          All tasks
        </a>
      )}
      <h1 title={why?.title}>{why?.title || `Task ${state.taskId}`}</h1>
      {task && why && (
        <dl class="facts">
          <Fact name="duration" value={duration(task.duration)} />
          {task.end - task.start > task.duration && (
            <Fact
              name="in the background"
              value={`+${duration(task.end - task.start - task.duration)}`}
              title="What went on after the operation that begins the task"
            />
          )}
          <Fact name={why.events === 1 ? 'event' : 'events'} value={number(why.events)} />
          <Fact
            name={why.processes === 1 ? 'process' : 'processes'}
            value={number(why.processes)}
          />
          {why.coverage.most > 0 && (
            <>
              <Fact
                name="in operations"
                value={share(why.coverage.covered, why.duration)}
                title="Part of the time in which an operation was running, the one that begins the task not counted"
              />
              <Fact
                name="concurrent on average"
                value={why.coverage.average.toFixed(1)}
                title={`Operations that were running at once: ${why.coverage.most} at most`}
              />
              <Fact
                name="outside"
                value={duration(why.coverage.gaps)}
                title="Time in which none of these operations was running"
              />
            </>
          )}
          {why.errors.length > 0 && (
            <Fact
              name={why.errors.length === 1 ? 'error' : 'errors'}
              value={number(why.errors.length)}
              isBad
              onClick={() => state.selectError(1)}
            />
          )}
          {task.graph.model.missing().length > 0 && (
            <Fact
              name="missing parents"
              value={number(task.graph.model.missing().length)}
              title="Named as parents, and not arrived"
            />
          )}
          {why.open.length > 0 && <Fact name="still running" value={number(why.open.length)} />}
        </dl>
      )}
      {loaded < total && !state.isLoading.value && (
        <p class="note">
          Showing the first {number(loaded)} of {number(total)} events.{' '}
          <button class="link" onClick={() => void state.loadWindow()}>
            Show more
          </button>
        </p>
      )}
    </header>
  );
}

function Fact(props: {
  name: string;
  value: string;
  title?: string;
  isBad?: true;
  onClick?: () => void;
}) {
  const { name, value, title, isBad, onClick } = props;
  return (
    <div title={title} class={isBad && 'failed'}>
      <dt>{name}</dt>
      <dd>
        {onClick ? (
          <button class="link failed" onClick={onClick}>
            {value}
          </button>
        ) : (
          value
        )}
      </dd>
    </div>
  );
}

function Toolbar({ state }: { state: TaskState }) {
  const found = state.found.value;
  const matches = found?.reduce((sum, one) => sum + one, 0);
  return (
    <div class="toolbar">
      <div role="group" aria-label="View" class="tabs">
        {VIEWS.map((view) => (
          <button
            key={view}
            aria-pressed={state.view.value === view}
            onClick={() => setQuery({ view: view === 'graph' ? undefined : view })}
          >
            {NAMES[view]}
          </button>
        ))}
      </div>
      <SearchBox
        label="Search in this task"
        placeholder="Search in this task"
        value={state.search.value}
        suggestions={SUGGESTIONS}
        onSearch={(find) => setQuery({ find })}
        onNext={(step) => state.selectFound(step)}
      />
      {matches !== undefined && (
        <span class="matches">
          {count(matches, 'match', 'matches')}
          {state.foundHidden.value > 0 && `, ${number(state.foundHidden.value)} hidden`}
          <button class="button" aria-label="Previous match" onClick={() => state.selectFound(-1)}>
            ↑
          </button>
          <button class="button" aria-label="Next match" onClick={() => state.selectFound(1)}>
            ↓
          </button>
        </span>
      )}
      {state.range.value && (
        <button
          class="chip"
          title="Show all of the time again"
          onClick={() => (state.range.value = undefined)}
        >
          +{duration(state.range.value.from)} to +{duration(state.range.value.to)} ×
        </button>
      )}
      {state.view.value === 'graph' && (
        <label>
          Group by{' '}
          <select
            value={state.groupBy.value ?? ''}
            onChange={(event) => state.group(event.currentTarget.value)}
          >
            <option value="">nothing</option>
            {GROUPS.map((by) => (
              <option key={by} value={by}>
                {GROUP_NAMES[by]}
              </option>
            ))}
          </select>
        </label>
      )}
      {state.view.value === 'graph' && !state.groupBy.value && (
        <label>
          <input
            type="checkbox"
            checked={state.isFolded.value}
            onChange={(event) => (state.foldsChains.value = event.currentTarget.checked)}
          />
          Fold chains and equal branches
        </label>
      )}
      {!embeddedTask && <a href={hrefOf('/compare', { before: state.taskId })}>Compare</a>}
    </div>
  );
}

/** The picture or the log, and the panel beside it. */
function Panes({ state }: { state: TaskState }) {
  const [stage, setStage] = useState<Stage>();
  const [view, setView] = useState<View>();
  const name = state.view.value;
  const isLog = name === 'log';
  const scene = name === 'graph' ? state.graphScene.value : state.timelineScene.value;
  const selected = state.selected.value;
  const marks: Marks = { selected, hovered: state.hovered.value, found: state.found.value };
  useEffect(() => {
    if (scene) stage?.reveal(selected);
  }, [selected, stage]);
  useEffect(() => {
    // What the mouse was over in another picture, it is not over in this one.
    state.hovered.value = NONE;
    if (!stage) return undefined;
    // Keys are for the picture as long as nothing else has the focus.
    const key = (event: KeyboardEvent): void => {
      if (event.target === document.body) stage.key(event);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [stage]);
  const handlers: StageHandlers = {
    onHover: (event) => (state.hovered.value = event),
    onSelect: (event, extend) => {
      if (event === NONE && state.selected.peek() === NONE) state.range.value = undefined;
      state.select(event, { extend });
    },
    onMenu: (event, x, y) => (state.menu.value = { event, x, y }),
    onOpen: (event) => event !== NONE && state.toggleFold(event),
    onView: setView,
  };
  const timeline = name === 'timeline' ? state.timeline.value : undefined;
  return (
    <div class="panes">
      {isLog ? (
        <LogList state={state} />
      ) : (
        <section class="stage" key={name} aria-label={NAMES[name]}>
          {timeline && (
            <Overview
              timeline={timeline}
              view={view}
              stage={stage}
              range={state.range.value}
              onRange={(range) => (state.range.value = range)}
            />
          )}
          <div class="stage-picture">
            <Picture
              label={name === 'graph' ? 'Causal graph' : 'Timeline'}
              {...{ scene, marks, handlers, lit: state.lit.value, onStage: setStage }}
            />
            {name === 'graph' && scene && view && isLarger(scene, view) && (
              <Minimap scene={scene} view={view} stage={stage} />
            )}
            <EventMenu state={state} />
            <div class="stage-buttons">
              <button class="button" aria-label="Zoom in" onClick={() => stage?.zoom(1.4)}>
                +
              </button>
              <button class="button" aria-label="Zoom out" onClick={() => stage?.zoom(1 / 1.4)}>
                −
              </button>
              <button class="button" onClick={() => stage?.fit()}>
                Fit
              </button>
              <ShareMenu state={state} scene={scene} view={view} />
            </div>
          </div>
          {name === 'graph' && <Legend />}
        </section>
      )}
      <SidePanel state={state} />
    </div>
  );
}

function isLarger(
  scene: { width: number; height: number },
  { camera, width, height }: View,
): boolean {
  if (height < 2 * MINIMAP_ROOM || width < 2 * MINIMAP_ROOM) return false;
  return scene.width * camera.scaleX > width * 1.1 || scene.height * camera.scaleY > height * 1.1;
}

/** Keys that work wherever the reader is, but in boxes with text. */
function useKeys(state: TaskState): void {
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const step = event.shiftKey ? -1 : 1;
      const view = VIEW_KEYS[event.key];
      if (view) setQuery({ view: view === 'graph' ? undefined : view });
      else if (event.key.toLowerCase() === 'n') state.selectFound(step);
      else if (event.key.toLowerCase() === 'e') state.selectError(step);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, [state]);
}
