import { REASONS } from '../../../src/analysis/why-text';
import { NONE } from '../../../src/graph/task-model';
import { eventDetails } from '../model/event-details';
import { chainOf } from '../model/open-task';
import type { OpenTask } from '../model/open-task';
import { count, duration } from '../model/text';
import type { TaskState } from '../state/task-state';
import { CodeOf } from './code-of';
import { CopyButton } from './copy-button';

/** Maximum number of items listed. */
const MOST = 12;

/** Shows everything about the event that is chosen or pointed at. What programs wrote is only ever shown as text. */
export function SidePanel({ state }: { state: TaskState }) {
  const task = state.task.value;
  const event = state.hovered.value !== NONE ? state.hovered.value : state.selected.value;
  return (
    <aside aria-label="Event">
      {task && event !== NONE && event < task.graph.model.size ? (
        <Details state={state} task={task} event={event} />
      ) : (
        <>
          <p class="empty">
            Hover over an event for details. Click it to highlight its causes and effects.
          </p>
          <Keys />
        </>
      )}
    </aside>
  );
}

function Details({ state, task, event }: { state: TaskState; task: OpenTask; event: number }) {
  const { graph, time, path } = task;
  const { model } = graph;
  const whole = model.event(event);
  const chain = chainOf(task, event);
  const nearest = chain[0];
  const step = path.find(({ to }) => to === event);
  const partner = model.partner[event]!;
  const spent = partner === NONE ? undefined : Math.abs(time[partner]! - time[event]!);
  return (
    <>
      <Together state={state} task={task} event={event} />
      <h2>{whole.label || 'no label'}</h2>
      <p class="minor">
        {time[event] === task.start ? 'Task start' : `+${duration(time[event]! - task.start)}`}
        {spent !== undefined && `, took ${duration(spent)}`}
        {model.begins(event) && partner === NONE && ', still running'}
      </p>
      {nearest && (
        <p>
          {duration(nearest.gap)} after <EventLink state={state} event={nearest.event} />.
          {step && ` On the critical path: ${REASONS[step.reason]}.`}
        </p>
      )}
      <dl>
        {eventDetails(whole).map(([name, value], i) => (
          <div key={i}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {whole.source && <CodeOf event={whole} />}
      <Events
        state={state}
        title="Parents"
        events={graph.parents.of(event)}
        none="None (root event)"
      />
      {model.missingOf(event).map((id) => (
        <p key={id} class="minor">
          A parent has not arrived: <code>{id}</code>
        </p>
      ))}
      <Events state={state} title="Children" events={graph.children.of(event)} none="None." />
      {PARTS.map(({ title, state: became, of, list }) => {
        const events = task.joinParts.filter((one) => one[of] === event && one.state === became);
        return (
          events.length > 0 && (
            <Events
              key={title}
              state={state}
              title={title}
              events={Int32Array.from(events, (one) => one[list])}
              none=""
            />
          )
        );
      })}
      {partner !== NONE && (
        <Events
          state={state}
          title={model.begins(event) ? 'Ends with' : 'Began with'}
          events={Int32Array.of(partner)}
          none=""
        />
      )}
      {chain.length > 1 && (
        <details>
          <summary>Ancestors ({chain.length})</summary>
          <ol class="events">
            {chain.slice(0, MOST * 4).map((cause) => (
              <li key={cause.event}>
                <EventLink state={state} event={cause.event} />{' '}
                <span class="minor">{duration(cause.gap)} before</span>
              </li>
            ))}
          </ol>
        </details>
      )}
      <CopyButton label="Copy as JSON" text={() => JSON.stringify(whole, null, 2)} />
    </>
  );
}

/** Says which other events are shown as one with an event. */
function Together({ state, task, event }: { state: TaskState; task: OpenTask; event: number }) {
  const events = Int32Array.from(state.together(event));
  const { model } = task.graph;
  if (events.length === 1 || model.partner[events[0]!] === events[1]) return null;
  const failed = events.filter((one) => model.hasError(one)).length;
  const many = `Shown as one: ${count(events.length, 'event')}`;
  return (
    <Events
      state={state}
      title={failed > 0 ? `${many}, ${failed} failed` : many}
      events={events}
      none=""
    />
  );
}

/** What an event says about parts of a join, and what is said about it as a part. */
const PARTS = [
  { title: 'Failed parts of the join', state: 'failed', of: 'joined', list: 'part' },
  { title: 'Abandoned parts of the join', state: 'abandoned', of: 'joined', list: 'part' },
  { title: 'As a part of a join, failed before', state: 'failed', of: 'part', list: 'joined' },
  { title: 'Abandoned before', state: 'abandoned', of: 'part', list: 'joined' },
] as const;

function Events({
  state,
  title,
  events,
  none,
}: {
  state: TaskState;
  title: string;
  events: Int32Array;
  none: string;
}) {
  return (
    <section>
      <h3>{title}</h3>
      {events.length === 0 ? (
        <p class="minor">{none}</p>
      ) : (
        <ul class="events">
          {Array.from(events.subarray(0, MOST), (event) => (
            <li key={event}>
              <EventLink state={state} event={event} />
            </li>
          ))}
          {events.length > MOST && (
            <li class="minor">and {count(events.length - MOST, 'more', 'more')}</li>
          )}
        </ul>
      )}
    </section>
  );
}

/** A button that chooses an event. */
export function EventLink({ state, event }: { state: TaskState; event: number }) {
  const { model } = state.task.value!.graph;
  return (
    <button class="link" onClick={() => state.select(event)}>
      {model.labelOf(event) || 'no label'}
    </button>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['Arrows', 'select the event before, after or beside'],
  ['Ctrl + wheel, +, −', 'zoom'],
  ['w a s d', 'zoom and move'],
  ['0, f', 'start, fit all'],
  ['Shift + click', 'paths between two events'],
  ['Shift + F10', 'hide events like the selected one'],
  ['Enter', 'open a group, or close it'],
  ['/', 'search'],
  ['n, e', 'next match, next error (Shift: previous)'],
  ['g, t, l', 'graph, timeline, log'],
  ['Escape', 'clear the selection'],
];

function Keys() {
  return (
    <dl class="keys" id="keys">
      {KEYS.map(([key, meaning]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
