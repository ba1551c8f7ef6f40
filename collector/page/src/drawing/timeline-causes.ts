import type { OpenTask } from '../model/open-task';
import type { Timeline } from '../model/timeline';
import type { View } from './scene';
import type { Surface } from './surface';
import { LEVEL } from './timeline-geometry';
import type { TimelineGeometry } from './timeline-geometry';

/** More arrows than that are not drawn, but for those of chosen events. */
const MOST_ARROWS = 60;
/** How many events are looked through before the caller may do something else. */
const AT_ONCE = 4000;

/** What caused what in a timeline: arrows between rows, and the path that decided. */
export class TimelineCauses {
  constructor(
    private readonly task: OpenTask,
    private readonly timeline: Timeline,
    private readonly at: TimelineGeometry,
  ) {}

  /** Draws where one row caused something in another one. */
  *drawArrows(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const { parents, model } = this.task.graph;
    const { row } = this.timeline;
    const seen: [number, number][] = [];
    if (!lit && parents.to.length > MOST_ARROWS * 4) return;
    for (let event = 0; event < model.size && seen.length <= MOST_ARROWS; event++) {
      if ((lit && !lit[event]) || this.at.isHidden(event)) continue;
      for (const parent of parents.of(event)) {
        if (this.at.isHidden(parent)) continue;
        if (row[parent] === row[event] || (lit && !lit[parent])) continue;
        const [x1, y1] = this.at.pointOf(parent, view);
        const [x2, y2] = this.at.pointOf(event, view);
        const isSeen = Math.max(x1, x2) >= 0 && Math.min(x1, x2) <= view.width;
        if (isSeen && Math.max(y1, y2) >= 0 && Math.min(y1, y2) <= view.height)
          seen.push([parent, event]);
      }
      if (event % AT_ONCE === 0) yield;
    }
    if (!lit && seen.length > MOST_ARROWS) return;
    const isMessage = ([from, to]: [number, number]): boolean =>
      model.process[from] !== model.process[to];
    const { theme } = view;
    for (const [color, dash, edges] of [
      [lit ? theme.accent : theme.minor, [], seen.filter((edge) => !isMessage(edge))],
      [lit ? theme.accent : theme.message, [6, 3], seen.filter(isMessage)],
    ] as const) {
      surface.stroke({ color, width: 1.2, dash }, (pen) => {
        for (const [from, to] of edges) {
          const [x1, y1] = this.at.pointOf(from, view);
          const [x2, y2] = this.at.pointOf(to, view);
          pen.moveTo(x1, y1);
          pen.bezierCurveTo(x1 + 10, y1, x2 - 14, y2, x2, y2);
        }
      });
      surface.fill(color, (pen) => {
        for (const [, to] of edges) {
          const [x, y] = this.at.pointOf(to, view);
          pen.moveTo(x, y);
          pen.lineTo(x - 7, y - 3.5);
          pen.lineTo(x - 7, y + 3.5);
          pen.lineTo(x, y);
        }
      });
    }
    yield;
  }

  /** Draws the path that decided: dashed where it waited, whole where the program was. */
  drawPath(surface: Surface, view: View): void {
    const { color, parts } = { color: view.theme.path, parts: this.task.path };
    for (const isWait of [false, true]) {
      let lastX = -Infinity;
      surface.stroke({ color, width: 3, ...(isWait && { dash: [2, 3] }) }, (pen) => {
        for (const { from, to, reason } of parts) {
          if ((reason !== 'program') !== isWait) continue;
          const [x1, y1] = this.at.pointOf(from, view);
          const [x2, y2] = this.at.pointOf(to, view);
          if (x2 < 0 || x1 > view.width || x2 - lastX < 0.5) continue;
          lastX = x2;
          const [left, right] = [Math.max(-5, x1), Math.min(view.width + 5, x2)];
          // Below the bar, so that its label stays.
          pen.moveTo(left, y1 + LEVEL / 2 - 1);
          pen.lineTo(right, y1 + LEVEL / 2 - 1);
          if (y1 !== y2) pen.lineTo(right, y2 + LEVEL / 2 - 1);
        }
      });
    }
  }
}
