import type { TaskShape } from '../../../src/analysis/shapes';
import { hrefOf } from '../address';
import { fetchShapes } from '../api';
import { duration, number } from '../model/text';
import { Examples, TotalsPage } from './totals-page';

/** Maximum number of shapes listed. */
const MOST = 500;

/** Shows which shapes tasks have: what most of them with a title do, and what the others do otherwise. */
export function ShapesPage() {
  return (
    <TotalsPage title="Shapes" fetch={fetchShapes}>
      {({ shapes }) =>
        shapes.length === 0 ? <p class="empty">No tasks.</p> : <Shapes shapes={shapes} />
      }
    </TotalsPage>
  );
}

function Shapes({ shapes }: { shapes: readonly TaskShape[] }) {
  const usual = new Map(
    shapes.filter(({ isUsual }) => isUsual).map(({ title, examples }) => [title, examples[0]!]),
  );
  return (
    <table>
      <caption>
        Tasks that did the same, however often, and how others differ from the usual ones
      </caption>
      <thead>
        <tr>
          <th>Tasks</th>
          <th class="number">Number</th>
          <th>Differs by</th>
          <th class="number">Median</th>
          <th class="number">p95</th>
          <th class="number">Failed</th>
          <th>Slowest tasks</th>
        </tr>
      </thead>
      <tbody>
        {shapes.slice(0, MOST).map((shape) => (
          <tr key={shape.examples[0]}>
            <td>{shape.isUsual ? shape.title : ''}</td>
            <td class="number">{number(shape.tasks)}</td>
            <td>
              <Differences shape={shape} usual={usual.get(shape.title)!} />
            </td>
            <td class="number">{duration(shape.median)}</td>
            <td class="number">{duration(shape.p95)}</td>
            <td class={shape.failed > 0 ? 'number failed' : 'number'}>{number(shape.failed)}</td>
            <td>
              <Examples tasks={shape.examples} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Differences({ shape, usual }: { shape: TaskShape; usual: string }) {
  if (shape.isUsual) return <span class="minor">the usual</span>;
  const { more, less, examples } = shape;
  return (
    <>
      {more.map((label) => (
        <div key={label}>+ {label}</div>
      ))}
      {less.map((label) => (
        <div key={label}>− {label}</div>
      ))}
      {more.length + less.length === 0 && <div>the order of the same events</div>}
      <a href={hrefOf('/compare', { before: usual, after: examples[0]! })}>
        Compare with the usual
      </a>
    </>
  );
}
