import type { Pen, Surface } from './surface';

/** Number of shapes in one path: long paths are slow to fill. */
const IN_PATH = 300;

/** Draws a circle. */
export function circle(pen: Pen, x: number, y: number, radius: number): void {
  pen.moveTo(x + radius, y);
  pen.arc(x, y, radius, 0, Math.PI * 2);
}

/** Draws squares around points, which are given as x and y in turn. */
export function fillSquares(
  surface: Surface,
  color: string,
  points: readonly number[],
  size: number,
): void {
  for (let from = 0; from < points.length; from += 2 * IN_PATH) {
    surface.fill(color, (pen) => {
      for (let i = from; i < Math.min(points.length, from + 2 * IN_PATH); i += 2) {
        pen.rect(points[i]! - size / 2, points[i + 1]! - size / 2, size, size);
      }
    });
  }
}

/** Draws diamonds around points, which are given as x and y in turn. */
export function* fillDiamonds(
  surface: Surface,
  color: string,
  points: readonly number[],
  size: number,
): Generator<void, void> {
  for (let from = 0; from < points.length; from += 2 * IN_PATH) {
    surface.fill(color, (pen) => {
      for (let i = from; i < Math.min(points.length, from + 2 * IN_PATH); i += 2) {
        const [x, y] = [points[i]!, points[i + 1]!];
        pen.moveTo(x, y - size);
        pen.lineTo(x + size, y);
        pen.lineTo(x, y + size);
        pen.lineTo(x - size, y);
        pen.lineTo(x, y - size);
      }
    });
    yield;
  }
}
