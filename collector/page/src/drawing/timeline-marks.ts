import { NONE } from '../../../src/graph/task-model';
import type { OpenTask } from '../model/open-task';
import type { Timeline } from '../model/timeline';
import { PixelGrid } from './scene';
import type { View } from './scene';
import { fillDiamonds } from './shapes';
import type { Surface } from './surface';
import type { TimelineGeometry } from './timeline-geometry';

/** How many rows are looked through before the caller may do something else. */
const AT_ONCE = 1000;

/** The events of a timeline that are no operations, as diamonds. */
export class TimelineMarks {
  /** Those with an error: they are drawn, however many other events are in their pixel. */
  private readonly failed: Int32Array;

  constructor(
    private readonly task: OpenTask,
    private readonly timeline: Timeline,
    private readonly at: TimelineGeometry,
  ) {
    const { model } = task.graph;
    this.failed = timeline.marks.filter((event) => model.hasError(event) && !at.isHidden(event));
  }

  *draw(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const { marks, markStart } = this.timeline;
    const { model } = this.task.graph;
    const [firstRow, lastRow] = this.at.rowsIn(view);
    const last = view.camera.x + view.width / view.camera.scaleX;
    const points: number[] = [];
    const failed: number[] = [];
    for (let row = firstRow; row <= lastRow; row++) {
      // The next one that is drawn is one pixel further right.
      for (let at = this.at.markFrom(row, view.camera.x); at < markStart[row + 1]!;) {
        const event = marks[at]!;
        const time = this.at.offsetOf(event);
        if (time > last) break;
        const isShown = (!lit || lit[event] === 1) && !this.at.isHidden(event);
        if (isShown) {
          const [x, y] = this.at.pointOf(event, view);
          if (!model.hasError(event)) points.push(x, y);
        }
        const next = time + 1 / view.camera.scaleX;
        at++;
        // Of those that are faint, none is looked for.
        if (isShown) at = Math.max(at, this.at.markFrom(row, next, at));
      }
      if (row % AT_ONCE === 0) yield;
    }
    const grid = new PixelGrid(view.width, view.height, 2);
    for (const event of this.failed) {
      if (lit && !lit[event]) continue;
      const [x, y] = this.at.pointOf(event, view);
      if (y >= 0 && y <= view.height && grid.isFirst(x, y)) failed.push(x, y);
    }
    yield* fillDiamonds(surface, lit ? view.theme.accent : view.theme.minor, points, 4);
    yield* fillDiamonds(surface, view.theme.error, failed, 5);
  }

  /** Returns the event of a row that is nearest to a time; `NONE` if none is in reach. */
  eventAt(time: number, row: number, reach: number): number {
    const { marks, markStart } = this.timeline;
    let nearest = NONE;
    let least = reach;
    for (let i = this.at.markFrom(row, time - reach); i < markStart[row + 1]!; i++) {
      const event = marks[i]!;
      if (this.at.offsetOf(event) > time + reach) break;
      const distance = Math.abs(this.at.offsetOf(event) - time);
      if (distance <= least && !this.at.isHidden(event)) [least, nearest] = [distance, event];
    }
    return nearest;
  }
}
