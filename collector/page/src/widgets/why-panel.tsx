import { useState } from 'preact/hooks';
import { REASONS, whyText } from '../../../src/analysis/why-text';
import type { Why } from '../../../src/analysis/why';
import { count, duration } from '../model/text';

/** Tells why a task took as long as it did. Each wait leads to the event that it ended with. */
export function WhyPanel({ why, onSelect }: { why: Why; onSelect: (eventId: string) => void }) {
  const { path, coverage, oneByOne, errors } = why;
  return (
    <details class="why">
      <summary>
        Why it took {duration(why.duration)}
        {errors.length > 0 && `, and ${count(errors.length, 'error')}`}
      </summary>
      {coverage.most > 0 && (
        <p>
          Operations were running for {duration(coverage.covered)}, {coverage.average.toFixed(1)} at
          once on average, {coverage.most} at most. For {duration(coverage.gaps)}, none was.
        </p>
      )}
      <table>
        <caption>What decided when it ended</caption>
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
          {path.map((wait) => (
            <tr key={wait.to}>
              <td class="number">{duration(wait.at)}</td>
              <td class="number">{duration(wait.duration)}</td>
              <td>
                <meter max={why.duration || 1} value={wait.duration} aria-label="Share" />
              </td>
              <td>
                <button class="link" onClick={() => onSelect(wait.to)}>
                  {wait.what}
                </button>
              </td>
              <td>{REASONS[wait.reason]}</td>
              <td>{wait.where}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {oneByOne.map(({ what, times, duration: took }) => (
        <p key={what}>
          <strong>{what}</strong> ran {times} times one after the other, {duration(took)} together,
          though each might have run beside the one before.
        </p>
      ))}
      {errors.map(({ event, what, type, message, where }) => (
        <p key={event}>
          <button class="link" onClick={() => onSelect(event)}>
            {what}
          </button>
          : {message || type} ({where})
        </p>
      ))}
      <CopyButton text={() => whyText(why)} />
    </details>
  );
}

function CopyButton({ text }: { text: () => string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text()).then(() => setCopied(true));
  };
  return (
    <button class="copy" onClick={copy}>
      {isCopied ? 'Copied' : 'Copy as text'}
    </button>
  );
}
