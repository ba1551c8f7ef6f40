import type { EdgeKind } from '../../../src/graph/layout';

const meanings: [EdgeKind, string][] = [
  ['next', 'next in the same strand'],
  ['spawn', 'spawned'],
  ['join', 'joined'],
  ['message', 'message to another process'],
];

/** What the lines mean: by their pattern, not by colour alone. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Kinds of edges">
      {meanings.map(([kind, meaning]) => (
        <li key={kind}>
          <svg width="34" height="10" aria-hidden="true">
            <path class={`edge ${kind}`} d="M1 5H33" />
          </svg>
          {meaning}
        </li>
      ))}
    </ul>
  );
}
