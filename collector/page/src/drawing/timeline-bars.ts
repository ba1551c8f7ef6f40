import Flatbush from 'flatbush';
import { NONE } from '../../../src/graph/task-model';
import type { OpenTask } from '../model/open-task';
import { duration } from '../model/text';
import type { Timeline } from '../model/timeline';
import { PixelGrid } from './scene';
import type { View } from './scene';
import type { Surface } from './surface';
import { laneOf } from './theme';
import { LEVEL } from './timeline-geometry';
import type { TimelineGeometry } from './timeline-geometry';

/** How many bars are drawn before the caller may do something else. */
const AT_ONCE = 1000;

/** The operations of a timeline, as bars. */
export class TimelineBars {
  private readonly index: Flatbush | undefined;

  constructor(
    private readonly task: OpenTask,
    private readonly timeline: Timeline,
    private readonly at: TimelineGeometry,
  ) {
    const { bars, row: rows } = timeline;
    if (bars.length === 0) return;
    this.index = new Flatbush(bars.length);
    for (const { event, from, to } of bars) this.index.add(from, rows[event]!, to, rows[event]!);
    this.index.finish();
  }

  *draw(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const { camera, theme } = view;
    const { model } = this.task.graph;
    const [firstRow, lastRow] = this.at.rowsIn(view);
    const found =
      this.index?.search(camera.x, firstRow, camera.x + view.width / camera.scaleX, lastRow) ?? [];
    const grid = new PixelGrid(view.width, view.height, 2);
    const failedGrid = new PixelGrid(view.width, view.height, 2);
    const text: (() => void)[] = [];
    let done = 0;
    for (const at of found) {
      const bar = this.timeline.bars[at]!;
      if (this.at.isHidden(bar.event)) continue;
      const end = model.partner[bar.event]!;
      if (lit && !lit[bar.event] && !(end !== NONE && lit[end])) continue;
      const left = Math.max(-2, this.at.screenX(bar.from, view));
      const right = Math.min(view.width + 2, this.at.screenX(bar.to, view));
      const top = this.at.rowTop[this.timeline.row[bar.event]!]! + bar.level * LEVEL - camera.y;
      const width = Math.max(2, right - left);
      const failed = model.hasError(bar.event) || (end !== NONE && model.hasError(end));
      // Of bars in one pixel, one is drawn, and one that failed.
      const drawn = failed ? failedGrid : grid;
      if (width <= 2 && !drawn.isFirst(left, Math.max(0, top))) continue;
      const colors = laneOf(theme, model.process[bar.event]!);
      surface.fill(failed ? theme.error : lit ? theme.accent : colors.line, (pen) =>
        pen.rect(left, top, width, LEVEL - 2),
      );
      if (width > 4 && !failed) {
        surface.fill(theme.ground, (pen) => pen.rect(left + 1, top + 1, width - 2, LEVEL - 4));
        surface.fill(colors.ground, (pen) => pen.rect(left + 1, top + 1, width - 2, LEVEL - 4));
      }
      if (bar.isOpen) {
        surface.stroke({ color: theme.minor, width: 2, dash: [3, 3] }, (pen) => {
          pen.moveTo(right, top);
          pen.lineTo(right, top + LEVEL - 2);
        });
      }
      if (width > 28) {
        const color = failed ? theme.ground : theme.text;
        const label = `${model.operationName(bar.event)}  ${bar.isOpen ? 'still running' : duration(bar.to - bar.from)}`;
        text.push(() =>
          surface.text(label, Math.max(0, left) + 6, top + 14, width - 10, { color, size: 11.5 }),
        );
      }
      if (++done % AT_ONCE === 0) yield;
    }
    for (const [i, write] of text.entries()) {
      write();
      if (i % (AT_ONCE / 4) === 0) yield;
    }
  }

  /** Returns the begin or end of the innermost bar at a place; `NONE` without one. */
  eventAt(time: number, row: number, level: number, reach: number): number {
    const { bars, row: rows } = this.timeline;
    let nearest = NONE;
    let deepest = -1;
    for (const found of this.index?.search(time - reach, row, time + reach, row) ?? []) {
      const bar = bars[found]!;
      if (this.at.isHidden(bar.event) || rows[bar.event] !== row) continue;
      if (bar.level > level || bar.level <= deepest) continue;
      deepest = bar.level;
      const end = this.task.graph.model.partner[bar.event]!;
      const isAtEnd =
        end !== NONE && Math.abs(bar.to - time) < reach && bar.to - bar.from > 4 * reach;
      nearest = isAtEnd ? end : bar.event;
    }
    return nearest;
  }
}
