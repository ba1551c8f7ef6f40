import { REASONS, whyText } from '../../../src/analysis/why-text';
import { whatIs } from '../../../src/analysis/why';
import { count, duration } from '../model/text';
import type { TaskState } from '../state/task-state';
import { CopyButton } from './copy-button';

/** The list has so many steps: the longest ones. */
const MOST = 40;

/** Says why a task took as long as it did. Each wait leads to the event that it ended with. */
export function WhyPanel({ state }: { state: TaskState }) {
  const task = state.task.value;
  if (!task) return null;
  const { why, path, graph } = task;
  const { model } = graph;
  const { oneByOne, errors, open } = why;
  const longest = new Set([...path].sort((a, b) => b.duration - a.duration).slice(0, MOST));
  const shown = path.filter((step) => longest.has(step));
  return (
    <details class="why">
      <summary>Why it took {duration(why.duration)}</summary>
      <div class="why-body">
        <table>
          <caption>
            What decided when it ended
            {shown.length < path.length && `: the ${MOST} longest of ${count(path.length, 'step')}`}
          </caption>
          <thead>
            <tr>
              <th class="number">After</th>
              <th class="number">Took</th>
              <th>Share</th>
              <th>What</th>
              <th>Why</th>
              <th>Where</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ from, to, at, duration: took, reason }) => (
              <tr key={to}>
                <td class="number">{duration(at)}</td>
                <td class="number">{duration(took)}</td>
                <td>
                  <meter max={why.duration || 1} value={took} aria-label="Share" />
                </td>
                <td>
                  <button class="link" onClick={() => state.select(to)}>
                    {whatIs(model, from, to, reason)}
                  </button>
                </td>
                <td>{REASONS[reason]}</td>
                <td>{model.sourceOf(from) ?? model.processOf(from).name}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {oneByOne.map(({ what, times, duration: took }) => (
          <p key={what}>
            <strong>{what}</strong> ran {times} times one after the other, {duration(took)}{' '}
            together, though each might have run beside the one before.
          </p>
        ))}
        {errors.slice(0, MOST).map(({ event, what, type, message, where }) => (
          <p key={event} class="failed">
            <button class="link" onClick={() => state.select(model.indexOf(event))}>
              {what}
            </button>
            : {message || type} ({where})
          </p>
        ))}
        {open.length > 0 && <p>{count(open.length, 'operation')} did not end.</p>}
        <CopyButton label="Copy as text" text={() => whyText(why)} />
      </div>
    </details>
  );
}
