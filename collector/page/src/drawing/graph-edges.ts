import type Flatbush from 'flatbush';
import { NONE } from '../../../src/graph/task-model';
import { EDGE, ROUTE } from '../model/graph-layout';
import type { GraphLayout } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';
import { indexOf, LEAST_SCALE, ROW, scaleOf } from './graph-geometry';
import type { Box, GraphGeometry } from './graph-geometry';
import type { PartEdge } from './part-edges';
import type { View } from './scene';
import type { Pen, Stroke, Surface } from './surface';
import type { Theme } from './theme';

/** Where edges run to the side: so far below their cause, or above their effect. Labels are between. */
const BUS = { early: 26, late: 14 } as const;
/** Distance from the view beyond which nothing is drawn. */
const OUTSIDE = 20;
/** How round the corners of edges are. */
const CORNER = 9;
/** How many edges are drawn before the caller may do something else, and how many are one path: long paths are slow to fill. */
const AT_ONCE = 2000;
const IN_PATH = 400;

/** What is drawn later is above. */
const DRAWN_ORDER = [EDGE.message, EDGE.spawn, EDGE.next, EDGE.join];

/** Returns true for a node that is highlighted. */
export type IsLit = (node: number) => boolean;

/** The edges of a graph. */
export class GraphEdges {
  private readonly index: Flatbush | undefined;
  private readonly effects: Int32Array;
  /** The node before each node of the critical path. */
  private readonly pathParent: Int32Array;

  constructor(
    private readonly task: OpenTask,
    private readonly layout: GraphLayout,
    private readonly at: GraphGeometry,
  ) {
    const { graph, column, row } = layout;
    const { start, to } = graph.parents;
    this.effects = new Int32Array(to.length);
    this.index = indexOf(to.length, (add) => {
      for (let node = 0; node < graph.size; node++) {
        for (let at = start[node]!; at < start[node + 1]!; at++) {
          const parent = to[at]!;
          this.effects[at] = node;
          const [a, b] = [column[node]!, column[parent]!];
          add(Math.min(a, b), row[parent]!, Math.max(a, b), row[node]!);
        }
      }
    });
    this.pathParent = new Int32Array(graph.size).fill(NONE);
    for (const { from, to: effect } of task.path) {
      const [before, after] = [graph.nodeOf[from]!, graph.nodeOf[effect]!];
      if (after !== NONE && after !== before) this.pathParent[after] = before;
    }
  }

  /** Draws the edges in view, of those whose ends are lit. */
  *draw(surface: Surface, view: View, box: Box, lit: IsLit | undefined): Generator<void, void> {
    const { parents } = this.layout.graph;
    const scale = scaleOf(view);
    const isSmall = scale < LEAST_SCALE.shapes;
    const drawn = new Set<number>();
    const byKind: number[][] = [[], [], [], []];
    const path: number[] = [];
    let done = 0;
    for (const at of this.index?.search(...box) ?? []) {
      const [parent, node] = [parents.to[at]!, this.effects[at]!];
      if (lit && !(lit(parent) && lit(node))) continue;
      if (isSmall && !this.isNew(parent, node, view, drawn)) continue;
      byKind[this.layout.kind[at]!]!.push(at);
      if (this.pathParent[node] === parent) path.push(at);
      if (++done % AT_ONCE === 0) yield;
    }
    const strokes = strokesOf(
      view.theme,
      isSmall ? undefined : Math.min(1.5, scale + 0.4),
      lit !== undefined,
    );
    for (const kind of DRAWN_ORDER) {
      const edges = byKind[kind]!;
      for (let from = 0; from < edges.length; from += IN_PATH) {
        surface.stroke(strokes[kind]!, (pen) => {
          this.drawEnds(pen, edges.slice(from, from + IN_PATH), view);
        });
        yield;
      }
      surface.stroke(strokes[kind]!, (pen) => this.drawBuses(pen, edges, view));
      yield;
    }
    if (isSmall) return;
    const waiting = new Set<number>();
    for (const at of [...byKind[EDGE.join]!, ...byKind[EDGE.message]!])
      waiting.add(this.effects[at]!);
    surface.fill(lit ? view.theme.accent : view.theme.minor, (pen) => {
      for (const node of waiting) this.drawArrow(pen, node, view);
    });
    surface.stroke({ color: view.theme.path, width: 3 }, (pen) => {
      this.drawEnds(pen, path, view);
      this.drawBuses(pen, path, view);
    });
  }

  /** Returns false for an edge that is too short to be seen, or that looks as one that was drawn. */
  private isNew(parent: number, node: number, view: View, drawn: Set<number>): boolean {
    const [x1, y1] = this.at.pointOf(parent, view);
    const [x2, y2] = this.at.pointOf(node, view);
    if (Math.abs(x1 - x2) < 2 && Math.abs(y1 - y2) < 2) return false;
    const cell = (value: number): number => Math.min(4095, Math.max(0, (value + 512) >> 2));
    const key = ((cell(x1) * 4096 + cell(y1)) * 4096 + cell(x2)) * 4096 + cell(y2);
    if (drawn.has(key)) return false;
    drawn.add(key);
    return true;
  }

  /**
   * Draws edges, but for what they share: all that begin or end at one event run along one line to the side, its bus. It is drawn once,
   * and not once for each.
   */
  private drawEnds(pen: Pen, edges: readonly number[], view: View): void {
    const { graph, route } = this.layout;
    const scale = view.camera.scaleY;
    for (const at of edges) {
      const [x1, y1] = this.at.pointOf(graph.parents.to[at]!, view);
      const [x2, y2] = this.at.pointOf(this.effects[at]!, view);
      if (x1 === x2) {
        pen.moveTo(x1, y1);
        pen.lineTo(x2, y2);
      } else if (route[at] === ROUTE.cross) {
        const bend = ROW * scale;
        pen.moveTo(x1, y1);
        pen.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
      } else {
        const side = Math.sign(x2 - x1) * Math.min(CORNER * scale, Math.abs(x2 - x1) / 2);
        const isEarly = route[at] === ROUTE.early;
        // Of an edge that only passes by, its bus is all that is in view.
        const end = isEarly ? x2 : x1;
        if (end < -OUTSIDE || end > view.width + OUTSIDE) continue;
        const bus = isEarly ? y1 + BUS.early * scale : y2 - BUS.late * scale;
        const corner = Math.min(Math.abs(side), isEarly ? y2 - bus : bus - y1);
        if (isEarly) {
          pen.moveTo(x2 - side, bus);
          pen.bezierCurveTo(x2, bus, x2, bus, x2, bus + corner);
          pen.lineTo(x2, y2);
        } else {
          pen.moveTo(x1, y1);
          pen.lineTo(x1, bus - corner);
          pen.bezierCurveTo(x1, bus, x1, bus, x1 + side, bus);
        }
      }
    }
  }

  private drawBuses(pen: Pen, edges: readonly number[], view: View): void {
    const { graph, route } = this.layout;
    const scale = view.camera.scaleY;
    const buses = new Map<
      number,
      { y: number; hubX: number; hubY: number; left: number; right: number }
    >();
    for (const at of edges) {
      if (route[at] === ROUTE.cross) continue;
      const [parent, node] = [graph.parents.to[at]!, this.effects[at]!];
      const isEarly = route[at] === ROUTE.early;
      const [hub, other] = isEarly ? [parent, node] : [node, parent];
      const [hubX, hubY] = this.at.pointOf(hub, view);
      const [x] = this.at.pointOf(other, view);
      if (x === hubX) continue;
      const key = isEarly ? hub : -1 - hub;
      let bus = buses.get(key);
      if (bus === undefined) {
        const y = isEarly ? hubY + BUS.early * scale : hubY - BUS.late * scale;
        bus = { y, hubX, hubY, left: hubX, right: hubX };
        buses.set(key, bus);
      }
      const corner = Math.min(CORNER * scale, Math.abs(x - hubX) / 2);
      bus.left = Math.min(bus.left, x + corner);
      bus.right = Math.max(bus.right, x - corner);
    }
    for (const { y, hubX, hubY, left, right } of buses.values()) {
      const corner = Math.min(CORNER * scale, Math.abs(y - hubY));
      const turn = y + Math.sign(hubY - y) * corner;
      pen.moveTo(hubX, hubY);
      pen.lineTo(hubX, turn);
      for (const end of [left, right]) {
        if (end === hubX) continue;
        const side = Math.sign(end - hubX) * Math.min(corner, Math.abs(end - hubX));
        pen.moveTo(hubX, turn);
        pen.bezierCurveTo(hubX, y, hubX, y, hubX + side, y);
        // What is far outside of the view would only cost dashes.
        pen.lineTo(Math.min(view.width + OUTSIDE, Math.max(-OUTSIDE, end)), y);
      }
    }
  }

  /** Where edges of other strands arrive, a point says that the effect waited for them. */
  private drawArrow(pen: Pen, node: number, view: View): void {
    if (this.layout.graph.parents.count(node) < 2) return;
    const [x, y] = this.at.pointOf(node, view);
    const scale = scaleOf(view);
    const tip = y - 8 * scale;
    pen.moveTo(x, tip);
    pen.lineTo(x - 4.5 * scale, tip - 7 * scale);
    pen.lineTo(x + 4.5 * scale, tip - 7 * scale);
    pen.lineTo(x, tip);
  }

  /** The edges of abandoned parts that are in view. */
  parts(view: View): PartEdge[] {
    const { nodeOf } = this.layout.graph;
    return this.task.joinParts.flatMap(({ part, joined, state }) => {
      const [a, b] = [nodeOf[part]!, nodeOf[joined]!];
      if (state !== 'abandoned' || a === NONE || b === NONE || a === b) return [];
      const [from, to] = [this.at.pointOf(a, view), this.at.pointOf(b, view)];
      const isInView = to[1] > -OUTSIDE && from[1] < view.height + OUTSIDE;
      return isInView ? [{ from, to }] : [];
    });
  }

  /** Draws the edges from and to a node. */
  drawOf(node: number, view: View, pen: Pen): void {
    const { parents, children } = this.layout.graph;
    const edges: number[] = [];
    const add = (at: number): void => {
      if (edges.length < AT_ONCE) edges.push(at);
    };
    for (let at = parents.start[node]!; at < parents.start[node + 1]!; at++) add(at);
    for (const child of children.of(node)) {
      if (edges.length >= AT_ONCE) break;
      for (let at = parents.start[child]!; at < parents.start[child + 1]!; at++) {
        if (parents.to[at] === node) add(at);
      }
    }
    this.drawEnds(pen, edges, view);
    this.drawBuses(pen, edges, view);
  }
}

/** Returns how edges are drawn, by kind. Without a scale, they are too small for patterns. */
function strokesOf(theme: Theme, scale: number | undefined, isLit: boolean): readonly Stroke[] {
  const color = isLit ? theme.accent : theme.minor;
  const other = isLit ? theme.accent : theme.message;
  if (scale === undefined)
    return [color, color, color, other].map((one) => ({ color: one, width: 1 }));
  return [
    { color, width: 1.6 * scale },
    { color, width: 1.8 * scale, dash: [1.5 * scale, 4 * scale] },
    { color, width: 2.6 * scale },
    { color: other, width: 2 * scale, dash: [7 * scale, 4 * scale] },
  ];
}
