import type { Surface } from './surface';
import type { Theme } from './theme';

/** An abandoned part of a join, on the screen. */
export interface PartEdge {
  /** The part's latest event. */
  readonly from: readonly [x: number, y: number];
  /** The event after the join. */
  readonly to: readonly [x: number, y: number];
}

/** How far a curve goes straight on before it turns. */
const BEND = 30;

/** Draws what no edge of the graph says, because nobody waited for it: a crossed line from the abandoned part to the event after the join. */
export function drawPartEdges(
  surface: Surface,
  edges: readonly PartEdge[],
  { theme, scale }: { readonly theme: Theme; readonly scale: number },
): void {
  if (edges.length === 0) return;
  const bend = BEND * scale;
  const dash = [3 * scale, 3 * scale];
  surface.stroke({ color: theme.error, width: 1.4 * scale, dash }, (pen) => {
    for (const { from, to } of edges) {
      pen.moveTo(...from);
      pen.bezierCurveTo(from[0], from[1] + bend, to[0], to[1] - bend, ...to);
    }
  });
  const size = 4 * scale;
  surface.stroke({ color: theme.error, width: 2 * scale }, (pen) => {
    for (const { from, to } of edges) {
      // The middle of the curve.
      const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
      pen.moveTo(x - size, y - size);
      pen.lineTo(x + size, y + size);
      pen.moveTo(x + size, y - size);
      pen.lineTo(x - size, y + size);
    }
  });
}
