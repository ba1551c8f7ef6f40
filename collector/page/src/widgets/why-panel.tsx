import { REASONS, whyText } from '../../../src/analysis/why-text';
import { whatIs, whereOf } from '../../../src/analysis/why';
import { count, duration } from '../model/text';
import type { TaskState } from '../state/task-state';
import { CopyButton } from './copy-button';

/** Maximum number of steps listed: the longest ones. */
const MOST = 20;

/** Says why a task took as long as it did. Each wait leads to the event that it ended with. */
export function WhyPanel({ state }: { state: TaskState }) {
  const task = state.task.value;
  if (!task) return null;
  const { why, path, graph } = task;
  const { model } = graph;
  const { oneByOne, errors, abandoned, open } = why;
  const longest = new Set([...path].sort((a, b) => b.duration - a.duration).slice(0, MOST));
  const shown = path.filter((step) => longest.has(step));
  return (
    <details class="why">
      <summary>Why it took {duration(why.duration)}</summary>
      <div class="why-body">
        {oneByOne.map(({ what, times, duration: took }) => (
          <p key={what}>
            <strong>{what}</strong>: {times} sequential calls, {duration(took)} in total. If they do
            not depend on each other, run them in parallel.
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
        {abandoned.slice(0, MOST).map(({ event, what, joined }) => (
          <p key={event}>
            <button class="link" onClick={() => state.select(model.indexOf(event))}>
              {what}
            </button>{' '}
            was still running when the join before{' '}
            <button class="link" onClick={() => state.select(model.indexOf(joined))}>
              {model.labelOf(model.indexOf(joined))}
            </button>{' '}
            was settled.
          </p>
        ))}
        {open.length > 0 && <p>{count(open.length, 'operation')} still running.</p>}
        <table>
          <caption>
            Critical path: what decided when the task ended
            {shown.length < path.length && `: the ${MOST} longest of ${count(path.length, 'step')}`}
          </caption>
          <thead>
            <tr>
              <th class="number">Start</th>
              <th class="number">Duration</th>
              <th>Share</th>
              <th>Step</th>
              <th>Reason</th>
              <th>Source</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((step) => (
              <tr key={step.to}>
                <td class="number">{duration(step.at)}</td>
                <td class="number">{duration(step.duration)}</td>
                <td>
                  <meter max={why.duration || 1} value={step.duration} aria-label="Share" />
                </td>
                <td>
                  <button class="link" onClick={() => state.select(step.to)}>
                    {whatIs(model, step)}
                  </button>
                </td>
                <td>{REASONS[step.reason]}</td>
                <td>{whereOf(model, step)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <CopyButton label="Copy as text" text={() => whyText(why)} />
      </div>
    </details>
  );
}
