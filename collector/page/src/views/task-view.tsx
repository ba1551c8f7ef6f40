import { useMemo, useState } from 'preact/hooks';
import { explainWaits } from '../../../src/analysis/why';
import { causalGraph } from '../../../src/graph/causal-order';
import { layOut } from '../../../src/graph/layout';
import { fetchTask } from '../api';
import { replaceAddress, taskAddress } from '../address';
import { count, duration } from '../model/text';
import { usePolled } from '../polled';
import { CausalGraphView } from '../widgets/causal-graph-view';
import { EventDetails } from '../widgets/event-details';
import { Legend } from '../widgets/legend';
import { WhyPanel } from '../widgets/why-panel';

/** Shows one task: its causal graph, and details of the event that is hovered, focused or selected. */
export function TaskView({ taskId, openedAt }: { taskId: string; openedAt: string | undefined }) {
  const { value: events, error } = usePolled(() => fetchTask(taskId), taskId);
  // Events never change, so the graph is laid out again only when there are more of them.
  const graph = useMemo(() => events && causalGraph(events), [events?.length]);
  const layout = useMemo(() => graph && layOut(graph), [graph]);
  const why = useMemo(
    () => (events && events.length > 0 ? explainWaits(events) : undefined),
    [events?.length],
  );
  const [selected, setSelected] = useState(openedAt);
  const [pointedAt, setPointedAt] = useState<string>();
  const [focused, setFocused] = useState<string>();

  const select = (eventId: string): void => {
    setSelected(eventId);
    replaceAddress(taskAddress(taskId, eventId));
  };
  const active = pointedAt ?? focused ?? selected;
  const shown = active === undefined ? undefined : graph?.byId.get(active);
  const span = events && events.length > 0 ? events.at(-1)!.timestamp - events[0]!.timestamp : 0;

  return (
    <main class="task">
      <header>
        <p>
          <a href="/">All tasks</a>
        </p>
        <h1>{why?.title || `Task ${taskId}`}</h1>
        {graph && layout && (
          <p class="facts">
            <code>{taskId}</code> · {count(graph.events.length, 'event')} ·{' '}
            {count(layout.lanes.length, 'process', 'processes')} · {duration(span)}
            {graph.missing.length > 0 && ` · ${count(graph.missing.length, 'missing parent')}`}
          </p>
        )}
        <Legend />
      </header>
      {error && <p role="alert">{error}</p>}
      {why && <WhyPanel why={why} onSelect={select} />}
      {graph && layout && (
        <div class="panes">
          <CausalGraphView
            graph={graph}
            layout={layout}
            active={active}
            onPoint={setPointedAt}
            onFocus={setFocused}
            onSelect={select}
          />
          <EventDetails event={shown} />
        </div>
      )}
    </main>
  );
}
