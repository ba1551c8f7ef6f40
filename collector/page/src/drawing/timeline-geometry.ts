import { NONE } from '../../../src/graph/task-model';
import type { OpenTask } from '../model/open-task';
import type { Timeline } from '../model/timeline';
import type { View } from './scene';

/** Heights, in pixels: of the axis, of the name of a process, and of one level of bars. */
export const AXIS = 26;
export const GROUP_HEAD = 24;
export const LEVEL = 22;
const ROW_GAP = 7;
export const MARGIN = 16;

/** Where events of a timeline are: a unit is a microsecond to the right, and a pixel down. */
export class TimelineGeometry {
  readonly width: number;
  readonly height: number;
  readonly rowTop: Float64Array;
  readonly rowHeight: Float64Array;

  constructor(
    private readonly task: OpenTask,
    private readonly timeline: Timeline,
    /** 1 for each event that is hidden. */
    private readonly hidden: Uint8Array | undefined,
  ) {
    const { groups, rows, levels } = timeline;
    this.rowTop = new Float64Array(rows + 1);
    this.rowHeight = Float64Array.from(levels, (count) => count * LEVEL + ROW_GAP);
    let y = AXIS;
    for (const { firstRow, rows: count } of groups) {
      y += GROUP_HEAD;
      for (let row = firstRow; row < firstRow + count; row++) {
        this.rowTop[row] = y;
        y += this.rowHeight[row]!;
      }
    }
    this.rowTop[rows] = y;
    this.height = y + MARGIN;
    this.width = Math.max(1, timeline.duration);
  }

  isHidden(event: number): boolean {
    return this.hidden?.[event] === 1;
  }

  offsetOf(event: number): number {
    return this.task.time[event]! - this.task.start;
  }

  yOf(event: number): number {
    const { row, level } = this.timeline;
    return this.rowTop[row[event]!]! + level[event]! * LEVEL + (LEVEL - 2) / 2;
  }

  screenX(time: number, { camera }: View): number {
    return (time - camera.x) * camera.scaleX;
  }

  pointOf(event: number, view: View): [x: number, y: number] {
    return [this.screenX(this.offsetOf(event), view), this.yOf(event) - view.camera.y];
  }

  /** Returns the first mark of a row from a time on. */
  markFrom(row: number, time: number, from = this.timeline.markStart[row]!): number {
    let [low, high] = [from, this.timeline.markStart[row + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsetOf(this.timeline.marks[middle]!) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  rowAt(y: number): number {
    const { rows } = this.timeline;
    let [low, high] = [0, rows];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rowTop[middle]! <= y) low = middle + 1;
      else high = middle;
    }
    const row = low - 1;
    return row >= 0 && y < this.rowTop[row]! + this.rowHeight[row]! ? row : NONE;
  }

  rowsIn({ camera, height }: View): [first: number, last: number] {
    const { rows } = this.timeline;
    let first = 0;
    while (first < rows - 1 && this.rowTop[first]! + this.rowHeight[first]! < camera.y) first++;
    let last = first;
    while (last < rows - 1 && this.rowTop[last + 1]! < camera.y + height) last++;
    return [first, last];
  }
}
