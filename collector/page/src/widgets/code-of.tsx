import { useEffect, useState } from 'preact/hooks';
import { codeAt, loadCode } from '../state/code';

/** What the mouse only passes is not asked for: milliseconds. */
const REST = 80;

/** Shows the code around a source, if the collector has it. */
export function CodeOf({ source, time }: { source: string; time: number }) {
  const [, arrived] = useState(0);
  useEffect(() => {
    if (codeAt(source, time)) return undefined;
    const timer = setTimeout(() => {
      void loadCode(source, time).then(() => arrived((times) => times + 1));
    }, REST);
    return () => clearTimeout(timer);
  }, [source, time]);
  const code = codeAt(source, time);
  if (!code) return null;
  const line = Number(/:(\d+)(?::\d+)?$/.exec(source)![1]);
  return (
    <section>
      <h3>Code</h3>
      <pre class="code" aria-label={`Code at ${source}`} tabIndex={0}>
        {code.lines.map((text, i) => (
          <code key={i} class={code.first + i === line ? 'here' : undefined}>
            <span class="minor">{String(code.first + i).padStart(4)} </span>
            {text}
            {'\n'}
          </code>
        ))}
      </pre>
      {code.isNewer && <p class="minor">The file was changed after this event.</p>}
    </section>
  );
}
