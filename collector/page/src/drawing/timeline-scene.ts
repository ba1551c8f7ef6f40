import { NONE } from '../../../src/graph/task-model';
import type { OpenTask } from '../model/open-task';
import type { Timeline } from '../model/timeline';
import { PixelGrid } from './scene';
import type { Camera, Direction, Marks, Scene, View } from './scene';
import type { Surface } from './surface';
import { TimelineBars } from './timeline-bars';
import { TimelineCauses } from './timeline-causes';
import { TimelineFrame } from './timeline-frame';
import { AXIS, LEVEL, MARGIN, TimelineGeometry } from './timeline-geometry';
import { TimelineMarks } from './timeline-marks';

/** Maximum scale, in pixels per microsecond. */
const MAX_SCALE = 100;
/** How far from an event it is pointed at, in pixels. */
const REACH = 5;

/** A task in time as a picture. */
export class TimelineScene implements Scene {
  readonly isTime = true;
  readonly top = AXIS;
  readonly width: number;
  readonly height: number;
  readonly maxScale = MAX_SCALE;
  private readonly at: TimelineGeometry;
  private readonly frame: TimelineFrame;
  private readonly bars: TimelineBars;
  private readonly marks: TimelineMarks;
  private readonly causes: TimelineCauses;

  constructor(
    private readonly task: OpenTask,
    timeline: Timeline,
    /** 1 for each event that is hidden. */
    hidden?: Uint8Array,
  ) {
    this.at = new TimelineGeometry(task, timeline, hidden);
    ({ width: this.width, height: this.height } = this.at);
    this.frame = new TimelineFrame(task, timeline, this.at);
    this.bars = new TimelineBars(task, timeline, this.at);
    this.marks = new TimelineMarks(task, timeline, this.at);
    this.causes = new TimelineCauses(task, timeline, this.at);
  }

  home(width: number): Camera {
    const scaleX = Math.min(MAX_SCALE, (width - 2 * MARGIN) / this.width);
    return { x: -MARGIN / scaleX, y: 0, scaleX, scaleY: 1 };
  }

  fit(width: number): Camera {
    return this.home(width);
  }

  *draw(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    if (!lit) this.frame.drawGround(surface, view);
    yield;
    yield* this.bars.draw(surface, view, lit);
    yield* this.marks.draw(surface, view, lit);
    yield* this.causes.drawArrows(surface, view, lit);
    if (!lit) this.causes.drawPath(surface, view);
  }

  drawOver(surface: Surface, view: View, { selected, hovered, found }: Marks): void {
    const { theme } = view;
    if (found) this.drawFound(surface, view, found);
    for (const event of new Set([hovered, selected])) {
      if (event === NONE || this.at.isHidden(event)) continue;
      const [x, y] = this.at.pointOf(event, view);
      surface.stroke({ color: theme.accent, width: event === selected ? 3 : 2 }, (pen) => {
        pen.moveTo(x + 7, y);
        pen.arc(x, y, 7, 0, Math.PI * 2);
      });
    }
    this.frame.drawGroupHeads(surface, view);
    this.frame.drawAxis(surface, view);
  }

  eventAt(x: number, y: number, { camera }: View): number {
    const row = y < AXIS ? NONE : this.at.rowAt(y + camera.y);
    if (row === NONE) return NONE;
    const time = x / camera.scaleX + camera.x;
    const reach = REACH / camera.scaleX;
    const mark = this.marks.eventAt(time, row, reach);
    if (mark !== NONE) return mark;
    const level = Math.floor((y + camera.y - this.at.rowTop[row]!) / LEVEL);
    return this.bars.eventAt(time, row, level, reach);
  }

  placeOf(event: number): { x: number; y: number } {
    return { x: this.at.offsetOf(event), y: this.at.yOf(event) };
  }

  neighbour(event: number, key: Direction): number {
    const { parents, children } = this.task.graph;
    if (key === 'left' || key === 'up') return parents.of(event)[0] ?? NONE;
    return children.of(event)[0] ?? NONE;
  }

  private drawFound(surface: Surface, view: View, found: Uint8Array): void {
    const grid = new PixelGrid(view.width, view.height, 3);
    surface.stroke({ color: view.theme.found, width: 2.5 }, (pen) => {
      for (let event = 0; event < found.length; event++) {
        if (!found[event]) continue;
        const [x, y] = this.at.pointOf(event, view);
        if (y >= 0 && y <= view.height && grid.isFirst(x, y)) pen.rect(x - 6, y - 9, 12, 18);
      }
    });
  }
}
