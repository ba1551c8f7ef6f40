import type { TaskShape } from '../../../src/analysis/shapes';
import { hrefOf } from '../address';
import { fetchShapes } from '../api';
import { duration, number } from '../model/text';
import { Examples, TotalsPage } from './totals-page';

/** Maximum number of differences listed on each side. */
const MOST = 6;

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
  const common = new Map(
    shapes.filter(({ isMostCommon }) => isMostCommon).map((shape) => [shape.title, shape]),
  );
  return (
    <table>
      <caption>
        Tasks that did the same, however often. Others differ from the most common ones with their
        title
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
        {shapes.map((shape) => (
          <tr key={shape.typical}>
            <td>{shape.isMostCommon ? shape.title : ''}</td>
            <td class="number">{number(shape.tasks)}</td>
            <td>
              <Differences shape={shape} common={common.get(shape.title)!} />
            </td>
            <td class="number">{duration(shape.median)}</td>
            <td class="number">{duration(shape.p95)}</td>
            <td class={shape.failed > 0 ? 'number failed' : 'number'}>{number(shape.failed)}</td>
            <td>
              <Examples tasks={shape.slowest} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Differences({ shape, common }: { shape: TaskShape; common: TaskShape }) {
  if (shape === common) return <span class="minor">the most common</span>;
  const { more, less } = shape;
  return (
    <>
      <Labels sign="+" labels={more} />
      <Labels sign="−" labels={less} />
      {more.length + less.length === 0 && <div>the same events, with other causes</div>}
      <a href={hrefOf('/compare', { before: common.typical, after: shape.typical })}>
        Compare with the most common
      </a>
    </>
  );
}

function Labels({ sign, labels }: { sign: string; labels: readonly string[] }) {
  return (
    <>
      {labels.slice(0, MOST).map((label) => (
        <div key={label}>
          {sign} {label}
        </div>
      ))}
      {labels.length > MOST && (
        <div class="minor">
          {sign} {number(labels.length - MOST)} more
        </div>
      )}
    </>
  );
}
