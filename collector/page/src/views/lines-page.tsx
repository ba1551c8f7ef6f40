import type { LineAmount } from '../../../src/analysis/lines';
import { fetchLines } from '../api';
import { duration, number } from '../model/text';
import { Examples, TotalsPage } from './totals-page';

/** Maximum number of lines listed. */
const MOST = 500;

/** Shows what each line of source cost in many tasks. */
export function LinesPage() {
  return (
    <TotalsPage title="Lines" fetch={fetchLines}>
      {({ lines }) =>
        lines.length === 0 ? (
          <p class="empty">No operations in these tasks.</p>
        ) : (
          <Lines lines={lines} />
        )
      }
    </TotalsPage>
  );
}

function Lines({ lines }: { lines: readonly LineAmount[] }) {
  return (
    <table>
      <caption>What operations cost, by the line that began them</caption>
      <thead>
        <tr>
          <th>Line</th>
          <th>Operation</th>
          <th class="number">Calls</th>
          <th class="number">Median</th>
          <th class="number">p95</th>
          <th class="number">On critical paths</th>
          <th class="number">Errors</th>
          <th>Slowest tasks</th>
        </tr>
      </thead>
      <tbody>
        {lines.slice(0, MOST).map((line) => (
          <tr key={line.source + line.what}>
            <td>
              <code>{line.source || '–'}</code>
            </td>
            <td>{line.what}</td>
            <td class="number">{number(line.times)}</td>
            <td class="number">{duration(line.median)}</td>
            <td class="number">{duration(line.p95)}</td>
            <td class="number">{duration(line.decided)}</td>
            <td class={line.errors > 0 ? 'number failed' : 'number'}>{number(line.errors)}</td>
            <td>
              <Examples tasks={line.tasks} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
