import type { EdgeKind } from '../../../src/graph/layout';

const meanings: [EdgeKind, string][] = [
  ['next', 'next event'],
  ['spawn', 'start of a branch'],
  ['join', 'join'],
  ['message', 'message between processes'],
];

/** Explains the lines of the graph, which differ by pattern and not by colour alone. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Edge types">
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
