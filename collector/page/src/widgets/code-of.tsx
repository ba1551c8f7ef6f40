import { useEffect, useState } from 'preact/hooks';
import type { TraceEvent } from '../../../src/reports/trace-event';
import { codeAt, loadCode } from '../state/code';

/** What the mouse only passes is not asked for: milliseconds. */
const REST = 80;

/** Shows the code around an event's source, if the collector has it. */
export function CodeOf({ event }: { event: TraceEvent }) {
  const [, arrived] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      void loadCode(event).then(() => arrived((times) => times + 1));
    }, REST);
    return () => clearTimeout(timer);
  }, [event.eventId]);
  const code = codeAt(event);
  if (!code) return null;
  const [, line] = /:(\d+)(?::\d+)?$/.exec(event.source!) ?? [];
  return (
    <section>
      <h3>Code</h3>
      <pre class="code" aria-label={`Code at ${event.source}`} tabIndex={0}>
        {code.lines.map((text, i) => (
          <code key={i} class={code.first + i === Number(line) ? 'here' : undefined}>
            <span class="minor">{String(code.first + i).padStart(4)} </span>
            {text}
            {'\n'}
          </code>
        ))}
      </pre>
      {code.written > event.timestamp && (
        <p class="minor">The file was changed after this event.</p>
      )}
    </section>
  );
}
