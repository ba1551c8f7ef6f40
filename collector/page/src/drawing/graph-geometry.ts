import Flatbush from 'flatbush';
import type { GraphLayout } from '../model/graph-layout';
import type { View } from './scene';

export const ROW = 46;
export const MARGIN = 40;
export const HEAD = 44;
/** Columns are wide while there are few, so that labels are whole. */
const COLUMN_WIDTHS = [
  [3, 300],
  [6, 220],
  [12, 160],
] as const;
const NARROW = 120;

/** Scales from which on things are drawn. */
export const LEAST_SCALE = { labels: 0.62, shapes: 0.3, edges: 0.02 } as const;

/** Columns and rows: left, top, right, bottom. */
export type Box = [left: number, top: number, right: number, bottom: number];

/** Where the columns and rows of a graph are, in the scene and on the screen. */
export class GraphGeometry {
  readonly columnWidth: number;
  readonly width: number;
  readonly height: number;

  constructor(private readonly layout: GraphLayout) {
    const { columns, rows } = layout;
    this.columnWidth = COLUMN_WIDTHS.find(([most]) => columns <= most)?.[1] ?? NARROW;
    this.width = columns * this.columnWidth + MARGIN;
    this.height = HEAD + rows * ROW + MARGIN;
  }

  /** The heads are as high at every scale: the first row is below them. */
  topAt(scale: number): number {
    return (HEAD + MARGIN / 2) * (1 - 1 / scale);
  }

  columnX(column: number): number {
    return MARGIN + column * this.columnWidth;
  }

  xOf(node: number): number {
    return this.columnX(this.layout.column[node]!);
  }

  yOf(node: number): number {
    return HEAD + MARGIN / 2 + this.layout.row[node]! * ROW;
  }

  rowY(row: number, { camera }: View): number {
    return (HEAD + MARGIN / 2 + row * ROW - camera.y) * camera.scaleY;
  }

  screenX(x: number, { camera }: View): number {
    return (x - camera.x) * camera.scaleX;
  }

  pointOf(node: number, view: View): [x: number, y: number] {
    return [this.screenX(this.xOf(node), view), this.rowY(this.layout.row[node]!, view)];
  }

  columnAt(x: number, { camera }: View): number {
    return (x / camera.scaleX + camera.x - MARGIN) / this.columnWidth;
  }

  rowAt(y: number, { camera }: View): number {
    return (y / camera.scaleY + camera.y - HEAD - MARGIN / 2) / ROW;
  }

  /** Returns the columns and rows in view, and a little more. */
  boxOf(view: View): Box {
    return [
      this.columnAt(-10, view) - 1,
      this.rowAt(-10, view) - 1,
      this.columnAt(view.width + 10, view) + 1,
      this.rowAt(view.height + 10, view) + 1,
    ];
  }
}

/** How large things are: when all of a wide graph is in view, columns are narrower than rows are high, or the other way round. */
export function scaleOf({ camera: { scaleX, scaleY } }: View): number {
  return Math.min(scaleX, scaleY);
}

/** Returns an index of boxes by place; undefined without any. */
export function indexOf(
  size: number,
  fill: (add: (...box: Box) => void) => void,
): Flatbush | undefined {
  if (size === 0) return undefined;
  const index = new Flatbush(size, 16, Float32Array);
  fill((...box) => index.add(...box));
  index.finish();
  return index;
}
