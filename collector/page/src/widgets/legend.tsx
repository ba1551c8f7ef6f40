/** What the shapes of the graph mean: they differ by form, and not by colour alone. */
const SHAPES = [
  { name: 'root', path: 'M12 1h10v10h-10z' },
  { name: 'several parents', path: 'M17 0l6 6l-6 6l-6-6z' },
  { name: 'event', path: 'M12 6a5 5 0 1 0 10 0a5 5 0 1 0-10 0' },
  { name: 'several events', path: 'M13 0h8v12h-8z' },
  { name: 'failed', path: 'M12 6a5 5 0 1 0 10 0a5 5 0 1 0-10 0', class: 'shape failed' },
];
const LINES = [
  { name: 'next event', class: 'next' },
  { name: 'fork', class: 'spawn' },
  { name: 'join', class: 'join' },
  { name: 'message between processes', class: 'message' },
  { name: 'critical path', class: 'decided' },
  { name: 'abandoned at a join', class: 'abandoned' },
];

/** Explains the shapes and lines of the graph. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {LINES.map((line) => (
        <li key={line.name}>
          <svg width="34" height="12" aria-hidden="true">
            <path class={`edge ${line.class}`} d="M1 6H33" />
          </svg>
          {line.name}
        </li>
      ))}
      {SHAPES.map(({ name, path, class: looks = 'shape' }) => (
        <li key={name}>
          <svg width="34" height="12" aria-hidden="true">
            <path class={looks} d={path} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
