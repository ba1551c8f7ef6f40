import { placeOf } from '../../../src/graph/task-model';
import type { OpenTask } from '../model/open-task';
import { duration } from '../model/text';
import type { Timeline } from '../model/timeline';
import type { View } from './scene';
import type { Surface } from './surface';
import { laneOf } from './theme';
import { AXIS, GROUP_HEAD } from './timeline-geometry';
import type { TimelineGeometry } from './timeline-geometry';

/** About how wide a character of a name is, in pixels. */
const CHARACTER = 7;

/** What is around the events of a timeline: the ground of each process and its name, and the axis. */
export class TimelineFrame {
  constructor(
    private readonly task: OpenTask,
    private readonly timeline: Timeline,
    private readonly at: TimelineGeometry,
  ) {}

  drawGround(surface: Surface, view: View): void {
    const { groups } = this.timeline;
    for (const { firstRow, rows } of groups) {
      const top = this.at.rowTop[firstRow]! - GROUP_HEAD - view.camera.y;
      const last = firstRow + rows - 1;
      const bottom = this.at.rowTop[last]! + this.at.rowHeight[last]! - view.camera.y;
      if (bottom < 0 || top > view.height) continue;
      surface.fill(view.theme.raised, (pen) => {
        pen.rect(0, Math.max(-1, top + 1), view.width, Math.min(view.height + 2, bottom - top - 2));
      });
    }
    surface.stroke({ color: view.theme.line, width: 1 }, (pen) => {
      for (const { x } of ticksOf(view)) {
        pen.moveTo(Math.round(x) + 0.5, 0);
        pen.lineTo(Math.round(x) + 0.5, view.height);
      }
    });
  }

  /** The name of a process stays in view as long as one of its rows is. */
  drawGroupHeads(surface: Surface, view: View): void {
    const { theme } = view;
    for (const { process, firstRow, rows } of this.timeline.groups) {
      const last = firstRow + rows - 1;
      const bottom = this.at.rowTop[last]! + this.at.rowHeight[last]! - view.camera.y;
      const own = this.at.rowTop[firstRow]! - GROUP_HEAD - view.camera.y;
      if (bottom < AXIS + GROUP_HEAD || own > view.height) continue;
      const y = Math.min(Math.max(AXIS, own), bottom - GROUP_HEAD);
      const lane = this.task.graph.model.processes[process]!;
      const colors = laneOf(theme, process);
      surface.fill(colors.line, (pen) => pen.rect(0, y + 1, 4, GROUP_HEAD - 2));
      const title = lane.name || 'unnamed process';
      const more = placeOf(lane).join(' · ');
      const text = more === '' ? title : `${title} (${more})`;
      // Lines between processes go past the text. In another place, whole rows do.
      const covered = y === own ? Math.min(view.width, text.length * CHARACTER + 24) : view.width;
      surface.fill(theme.raised, (pen) => pen.rect(4, y + 1, covered - 4, GROUP_HEAD - 2));
      surface.text(text, 12, y + 16, view.width - 20, {
        color: theme.text,
        size: 12,
        bold: true,
      });
    }
  }

  drawAxis(surface: Surface, view: View): void {
    const { theme } = view;
    surface.fill(theme.ground, (pen) => pen.rect(0, 0, view.width, AXIS));
    surface.fill(theme.line, (pen) => pen.rect(0, AXIS - 1, view.width, 1));
    for (const { x, time } of ticksOf(view)) {
      if (x < -40) continue;
      surface.text(`+${duration(time)}`, x + 4, 17, 90, { color: theme.minor, size: 11 });
    }
  }
}

/** Returns times that divide what is in view into parts of a round length. */
function ticksOf({ camera, width }: View): { x: number; time: number }[] {
  const wanted = 110 / camera.scaleX;
  const size = 10 ** Math.floor(Math.log10(wanted));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((of) => of * size).find((one) => one >= wanted)!,
  );
  const ticks: { x: number; time: number }[] = [];
  const end = camera.x + width / camera.scaleX;
  for (let time = Math.max(0, Math.floor(camera.x / step) * step); time <= end; time += step) {
    ticks.push({ x: (time - camera.x) * camera.scaleX, time });
  }
  return ticks;
}
