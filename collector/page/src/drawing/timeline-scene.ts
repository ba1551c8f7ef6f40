import Flatbush from 'flatbush';
import { NONE, placeOf } from '../../../src/graph/task-model';
import type { OpenTask } from '../model/open-task';
import type { Timeline } from '../model/timeline';
import { duration } from '../model/text';
import { PixelGrid } from './scene';
import type { Camera, Direction, Marks, Scene, View } from './scene';
import { fillDiamonds } from './shapes';
import type { Surface } from './surface';
import { laneOf } from './theme';

const AXIS = 26;
const GROUP_HEAD = 24;
const LEVEL = 22;
const ROW_GAP = 7;
const MARGIN = 16;
const AT_ONCE = 1000;
/** Maximum scale, in pixels per microsecond. */
const MAX_SCALE = 100;
/** More arrows than that are not drawn, but for those of the path that decided, and of chosen events. */
const MOST_ARROWS = 60;

/** A task in time as a picture: a unit is a microsecond to the right, and a pixel down. */
export class TimelineScene implements Scene {
  readonly isTime = true;
  readonly top = AXIS;
  readonly width: number;
  readonly height: number;
  readonly maxScale: number;
  private readonly rowTop: Float64Array;
  private readonly rowHeight: Float64Array;
  private readonly barIndex: Flatbush | undefined;
  /** Marks with an error: they are drawn, however many other events are in their pixel. */
  private readonly failed: Int32Array;

  constructor(
    private readonly task: OpenTask,
    private readonly timeline: Timeline,
    /** 1 for each event that is hidden. */
    private readonly hidden?: Uint8Array,
  ) {
    const { groups, rows, levels, bars } = timeline;
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
    this.maxScale = MAX_SCALE;
    this.failed = timeline.marks.filter(
      (event) => task.graph.model.hasError(event) && !this.isHidden(event),
    );
    if (bars.length > 0) {
      this.barIndex = new Flatbush(bars.length);
      for (const { event, from, to } of bars) {
        const row = timeline.row[event]!;
        this.barIndex.add(from, row, to, row);
      }
      this.barIndex.finish();
    }
  }

  home(width: number): Camera {
    const scaleX = Math.min(MAX_SCALE, (width - 2 * MARGIN) / this.width);
    return { x: -MARGIN / scaleX, y: 0, scaleX, scaleY: 1 };
  }

  fit(width: number): Camera {
    return this.home(width);
  }

  *draw(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    if (!lit) this.drawGround(surface, view);
    yield;
    yield* this.drawBars(surface, view, lit);
    yield* this.drawMarks(surface, view, lit);
    yield* this.drawArrows(surface, view, lit);
    if (!lit) this.drawPath(surface, view);
  }

  drawOver(surface: Surface, view: View, { selected, hovered, found }: Marks): void {
    const { theme } = view;
    if (found) this.drawFound(surface, view, found);
    for (const event of new Set([hovered, selected])) {
      if (event === NONE) continue;
      const [x, y] = this.pointOf(event, view);
      surface.stroke({ color: theme.accent, width: event === selected ? 3 : 2 }, (pen) => {
        pen.moveTo(x + 7, y);
        pen.arc(x, y, 7, 0, Math.PI * 2);
      });
    }
    this.drawGroupHeads(surface, view);
    this.drawAxis(surface, view);
  }

  eventAt(x: number, y: number, view: View): number {
    if (y < AXIS) return NONE;
    const { camera } = view;
    const row = this.rowAt(y + camera.y);
    if (row === NONE) return NONE;
    const time = x / camera.scaleX + camera.x;
    const reach = 5 / camera.scaleX;
    const level = Math.floor((y + camera.y - this.rowTop[row]!) / LEVEL);
    let nearest = NONE;
    let least = reach;
    const { marks, markStart, row: rows } = this.timeline;
    for (let at = this.markFrom(row, time - reach); at < markStart[row + 1]!; at++) {
      const distance = Math.abs(this.offsetOf(marks[at]!) - time);
      if (this.offsetOf(marks[at]!) > time + reach) break;
      if (distance <= least && !this.isHidden(marks[at]!))
        [least, nearest] = [distance, marks[at]!];
    }
    if (nearest !== NONE) return nearest;
    let deepest = -1;
    for (const at of this.barIndex?.search(time - reach, row, time + reach, row) ?? []) {
      const bar = this.timeline.bars[at]!;
      if (this.isHidden(bar.event)) continue;
      if (rows[bar.event] === row && bar.level <= level && bar.level > deepest) {
        deepest = bar.level;
        const end = this.task.graph.model.partner[bar.event]!;
        const isAtEnd =
          end !== NONE && Math.abs(bar.to - time) < reach && bar.to - bar.from > 4 * reach;
        nearest = isAtEnd ? end : bar.event;
      }
    }
    return nearest;
  }

  placeOf(event: number): { x: number; y: number } {
    return { x: this.offsetOf(event), y: this.yOf(event) };
  }

  neighbour(event: number, key: Direction): number {
    const { parents, children } = this.task.graph;
    if (key === 'left' || key === 'up') return parents.of(event)[0] ?? NONE;
    return children.of(event)[0] ?? NONE;
  }

  private drawGround(surface: Surface, view: View): void {
    const { groups } = this.timeline;
    for (const { firstRow, rows } of groups) {
      const top = this.rowTop[firstRow]! - GROUP_HEAD - view.camera.y;
      const last = firstRow + rows - 1;
      const bottom = this.rowTop[last]! + this.rowHeight[last]! - view.camera.y;
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

  private *drawBars(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const { camera, theme } = view;
    const { model } = this.task.graph;
    const [firstRow, lastRow] = this.rowsIn(view);
    const found =
      this.barIndex?.search(camera.x, firstRow, camera.x + view.width / camera.scaleX, lastRow) ??
      [];
    const grid = new PixelGrid(view.width, view.height, 2);
    const failedGrid = new PixelGrid(view.width, view.height, 2);
    const text: (() => void)[] = [];
    let done = 0;
    for (const at of found) {
      const bar = this.timeline.bars[at]!;
      if (this.isHidden(bar.event)) continue;
      const end = model.partner[bar.event]!;
      if (lit && !lit[bar.event] && !(end !== NONE && lit[end])) continue;
      const left = Math.max(-2, this.screenX(bar.from, view));
      const right = Math.min(view.width + 2, this.screenX(bar.to, view));
      const top = this.rowTop[this.timeline.row[bar.event]!]! + bar.level * LEVEL - camera.y;
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

  private *drawMarks(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const { marks, markStart } = this.timeline;
    const { model } = this.task.graph;
    const [firstRow, lastRow] = this.rowsIn(view);
    const last = view.camera.x + view.width / view.camera.scaleX;
    const points: number[] = [];
    const failed: number[] = [];
    for (let row = firstRow; row <= lastRow; row++) {
      // The next one that is drawn is one pixel further right.
      for (let at = this.markFrom(row, view.camera.x); at < markStart[row + 1]!;) {
        const event = marks[at]!;
        const time = this.offsetOf(event);
        if (time > last) break;
        const isShown = (!lit || lit[event] === 1) && !this.isHidden(event);
        if (isShown) {
          const [x, y] = this.pointOf(event, view);
          if (!model.hasError(event)) points.push(x, y);
        }
        const next = time + 1 / view.camera.scaleX;
        at++;
        // Of those that are faint, none is looked for.
        if (isShown) at = Math.max(at, this.markFrom(row, next, at));
      }
      if (row % AT_ONCE === 0) yield;
    }
    const grid = new PixelGrid(view.width, view.height, 2);
    for (const event of this.failed) {
      if (lit && !lit[event]) continue;
      const [x, y] = this.pointOf(event, view);
      if (y >= 0 && y <= view.height && grid.isFirst(x, y)) failed.push(x, y);
    }
    yield* fillDiamonds(surface, lit ? view.theme.accent : view.theme.minor, points, 4);
    yield* fillDiamonds(surface, view.theme.error, failed, 5);
  }

  /** Draws where one row caused something in another one. */
  private *drawArrows(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const { parents, model } = this.task.graph;
    const { row } = this.timeline;
    const seen: [number, number][] = [];
    if (!lit && parents.to.length > MOST_ARROWS * 4) return;
    for (let event = 0; event < model.size && seen.length <= MOST_ARROWS; event++) {
      if ((lit && !lit[event]) || this.isHidden(event)) continue;
      for (const parent of parents.of(event)) {
        if (this.isHidden(parent)) continue;
        if (row[parent] === row[event] || (lit && !lit[parent])) continue;
        const [x1, y1] = this.pointOf(parent, view);
        const [x2, y2] = this.pointOf(event, view);
        const isSeen = Math.max(x1, x2) >= 0 && Math.min(x1, x2) <= view.width;
        if (isSeen && Math.max(y1, y2) >= 0 && Math.min(y1, y2) <= view.height)
          seen.push([parent, event]);
      }
      if (event % (AT_ONCE * 4) === 0) yield;
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
          const [x1, y1] = this.pointOf(from, view);
          const [x2, y2] = this.pointOf(to, view);
          pen.moveTo(x1, y1);
          pen.bezierCurveTo(x1 + 10, y1, x2 - 14, y2, x2, y2);
        }
      });
      surface.fill(color, (pen) => {
        for (const [, to] of edges) {
          const [x, y] = this.pointOf(to, view);
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
  private drawPath(surface: Surface, view: View): void {
    const { color, parts } = { color: view.theme.path, parts: this.task.path };
    for (const isWait of [false, true]) {
      let lastX = -Infinity;
      surface.stroke({ color, width: 3, ...(isWait && { dash: [2, 3] }) }, (pen) => {
        for (const { from, to, reason } of parts) {
          if ((reason !== 'program') !== isWait) continue;
          const [x1, y1] = this.pointOf(from, view);
          const [x2, y2] = this.pointOf(to, view);
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

  private drawFound(surface: Surface, view: View, found: Uint8Array): void {
    const grid = new PixelGrid(view.width, view.height, 3);
    surface.stroke({ color: view.theme.found, width: 2.5 }, (pen) => {
      for (let event = 0; event < found.length; event++) {
        if (!found[event]) continue;
        const [x, y] = this.pointOf(event, view);
        if (y >= 0 && y <= view.height && grid.isFirst(x, y)) pen.rect(x - 6, y - 9, 12, 18);
      }
    });
  }

  /** The name of a process stays in view as long as one of its rows is. */
  private drawGroupHeads(surface: Surface, view: View): void {
    const { theme } = view;
    for (const { process, firstRow, rows } of this.timeline.groups) {
      const last = firstRow + rows - 1;
      const bottom = this.rowTop[last]! + this.rowHeight[last]! - view.camera.y;
      const own = this.rowTop[firstRow]! - GROUP_HEAD - view.camera.y;
      if (bottom < AXIS + GROUP_HEAD || own > view.height) continue;
      const y = Math.min(Math.max(AXIS, own), bottom - GROUP_HEAD);
      const lane = this.task.graph.model.processes[process]!;
      const colors = laneOf(theme, process);
      // In its own place, lines between processes pass under the text.
      if (y !== own)
        surface.fill(theme.raised, (pen) => pen.rect(0, y + 1, view.width, GROUP_HEAD - 2));
      surface.fill(colors.line, (pen) => pen.rect(0, y + 1, 4, GROUP_HEAD - 2));
      const title = lane.name || 'unnamed process';
      const more = placeOf(lane).join(' · ');
      surface.text(more === '' ? title : `${title} (${more})`, 12, y + 16, view.width - 20, {
        color: theme.text,
        size: 12,
        bold: true,
      });
    }
  }

  private drawAxis(surface: Surface, view: View): void {
    const { theme } = view;
    surface.fill(theme.ground, (pen) => pen.rect(0, 0, view.width, AXIS));
    surface.fill(theme.line, (pen) => pen.rect(0, AXIS - 1, view.width, 1));
    for (const { x, time } of ticksOf(view)) {
      if (x < -40) continue;
      surface.text(`+${duration(time)}`, x + 4, 17, 90, { color: theme.minor, size: 11 });
    }
  }

  private isHidden(event: number): boolean {
    return this.hidden?.[event] === 1;
  }

  private offsetOf(event: number): number {
    return this.task.time[event]! - this.task.start;
  }

  private yOf(event: number): number {
    const { row, level } = this.timeline;
    return this.rowTop[row[event]!]! + level[event]! * LEVEL + (LEVEL - 2) / 2;
  }

  private screenX(time: number, { camera }: View): number {
    return (time - camera.x) * camera.scaleX;
  }

  private pointOf(event: number, view: View): [x: number, y: number] {
    return [this.screenX(this.offsetOf(event), view), this.yOf(event) - view.camera.y];
  }

  /** Returns the first mark of a row from a time on. */
  private markFrom(row: number, time: number, from = this.timeline.markStart[row]!): number {
    let [low, high] = [from, this.timeline.markStart[row + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsetOf(this.timeline.marks[middle]!) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private rowAt(y: number): number {
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

  private rowsIn({ camera, height }: View): [first: number, last: number] {
    const { rows } = this.timeline;
    let first = 0;
    while (first < rows - 1 && this.rowTop[first]! + this.rowHeight[first]! < camera.y) first++;
    let last = first;
    while (last < rows - 1 && this.rowTop[last + 1]! < camera.y + height) last++;
    return [first, last];
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
