import { useEffect, useMemo } from 'preact/hooks';
import { NONE } from '../../../src/graph/task-model';
import { duration } from '../model/text';
import { isWithin } from '../state/task-state';
import type { TaskState } from '../state/task-state';
import { isTyping } from './search-box';
import { useVirtualRows } from './virtual';

const ROW = 26;
/** Levels of loggers: names, and the numbers of pino. */
const FAILED = /^(?:error|fatal|critical|[5-9]\d)$/i;
const WARNING = /^(?:warn|warning|4\d)$/i;
/** Fields that other columns show. */
const SHOWN_OTHERWISE = new Set(['operation', 'phase', 'kind']);

/** Shows a task's events in causal order, one a row: those that the search has found and the time range has, if there are any. */
export function LogList({ state }: { state: TaskState }) {
  const task = state.task.value;
  const found = state.found.value;
  const range = state.range.value;
  const hidden = state.hidden.value;
  const events = useMemo(() => {
    if (!task) return new Int32Array();
    return task.graph.order.filter((event) => {
      const at = task.time[event]! - task.start;
      return !hidden?.[event] && (!found || found[event]) && (!range || isWithin(range, at));
    });
  }, [task, found, range, hidden]);
  const list = useVirtualRows(events.length, ROW);
  const selected = state.selected.value;
  const row = events.indexOf(selected);
  useEffect(() => {
    if (row >= 0) list.reveal(row);
  }, [row]);
  if (!task) return null;
  const { model } = task.graph;
  const step = (event: KeyboardEvent): void => {
    const by = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 20,
      PageUp: -20,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    if (event.key === 'Escape') state.select(NONE);
    else if (by === undefined || isTyping(event.target)) return;
    else if (events.length > 0) {
      const next = row < 0 ? 0 : Math.min(events.length - 1, Math.max(0, row + by));
      state.select(events[next]!);
    }
    event.preventDefault();
  };
  return (
    <div
      class="log"
      ref={list.scroller}
      tabIndex={0}
      role="listbox"
      aria-label="Events in causal order"
      aria-activedescendant={row >= 0 ? `log-${selected}` : undefined}
      onKeyDown={step}
    >
      <div class="log-head" role="presentation">
        <span class="number">Time</span>
        <span>Process</span>
        <span>Event</span>
        <span>Fields</span>
      </div>
      <div class="space" role="presentation" style={{ height: `${list.height}px` }}>
        {list.items.map(({ index, start }) => {
          const event = events[index]!;
          const { name } = model.processOf(event);
          return (
            <div
              key={event}
              id={`log-${event}`}
              role="option"
              aria-selected={event === selected}
              aria-setsize={events.length}
              aria-posinset={index + 1}
              class={`log-row ${rankOf(event)}`}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => state.select(event)}
              onMouseEnter={() => (state.hovered.value = event)}
              onMouseLeave={() => (state.hovered.value = NONE)}
            >
              <span class="number">+{duration(task.time[event]! - task.start)}</span>
              <span class={`process lane-text-${model.process[event]! % 8}`}>
                {name || 'unnamed'}
              </span>
              <span class="label">{model.labelOf(event)}</span>
              <span class="minor">{fieldsOf(event)}</span>
            </div>
          );
        })}
      </div>
      {events.length === 0 && <p class="empty">No event matches.</p>}
    </div>
  );

  /** How serious an event is, as its class: by its error, or by the level of the line that it is. */
  function rankOf(event: number): string {
    const level = model.fieldOf(event, 'log.level') ?? model.fieldOf(event, 'level');
    if (model.hasError(event) || (level && FAILED.test(level))) return 'failed';
    return level && WARNING.test(level) ? 'warning' : '';
  }

  function fieldsOf(event: number): string {
    return (model.event(event).fields ?? [])
      .filter(([name]) => !SHOWN_OTHERWISE.has(name))
      .slice(0, 4)
      .map(([name, value]) => `${name}=${value.slice(0, 80)}`)
      .join('  ');
  }
}
