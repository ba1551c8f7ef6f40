import type Flatbush from 'flatbush';
import { NONE, placeOf } from '../../../src/graph/task-model';
import type { GraphLayout } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';
import { bracketsOf } from './brackets';
import type { Bracket } from './brackets';
import { GraphEdges } from './graph-edges';
import type { IsLit } from './graph-edges';
import { GraphGeometry, HEAD, indexOf, LEAST_SCALE, MARGIN, ROW, scaleOf } from './graph-geometry';
import type { Box } from './graph-geometry';
import { GraphNodes } from './graph-nodes';
import type { NodeStatus } from './graph-nodes';
import { drawPartEdges } from './part-edges';
import { PixelGrid } from './scene';
import type { Camera, Direction, Marks, Scene, View } from './scene';
import { circle } from './shapes';
import type { Surface } from './surface';
import { laneOf } from './theme';

/** The scale in which a graph is shown first, if all of it does not fit. */
const HOME_SCALE = 0.9;
const MAX_SCALE = 3;
/** A lane that is narrower cannot be seen. */
const LEAST_LANE = 0.5;
/** How many nodes are drawn before the caller may do something else. */
const AT_ONCE = 500;

/** The causal graph as a picture. */
export class GraphScene implements Scene {
  readonly isTime = false;
  readonly top = HEAD;
  readonly maxScale = MAX_SCALE;
  readonly width: number;
  readonly height: number;
  private readonly at: GraphGeometry;
  private readonly edges: GraphEdges;
  private readonly nodes: GraphNodes;
  /** Nodes by their columns and rows. */
  private readonly index: Flatbush | undefined;
  private readonly brackets: readonly Bracket[];
  private readonly bracketIndex: Flatbush | undefined;
  private nodeMarks: (readonly [marks: Uint8Array, byNode: Uint8Array])[] = [];

  constructor(
    private readonly task: OpenTask,
    private readonly layout: GraphLayout,
    statusOf: (event: number) => NodeStatus = () => undefined,
  ) {
    const { graph, column, row } = layout;
    this.at = new GraphGeometry(layout);
    ({ width: this.width, height: this.height } = this.at);
    this.edges = new GraphEdges(task, layout, this.at);
    this.nodes = new GraphNodes(task, layout, this.at, statusOf);
    this.index = indexOf(graph.size, (add) => {
      for (let node = 0; node < graph.size; node++) {
        add(column[node]!, row[node]!, column[node]!, row[node]!);
      }
    });
    this.brackets = bracketsOf(task, layout);
    this.bracketIndex = indexOf(this.brackets.length, (add) => {
      for (const { column: at, from, to: end } of this.brackets) add(at, from, at, end);
    });
  }

  home(width: number, height: number): Camera {
    const fit = Math.min(1, width / this.width, height / this.height);
    const scale = fit >= LEAST_SCALE.labels ? fit : HOME_SCALE;
    const x = this.width * scale < width ? -(width / scale - this.width) / 2 : 0;
    return { x, y: this.at.topAt(scale), scaleX: scale, scaleY: scale };
  }

  fit(width: number, height: number): Camera {
    const scaleX = Math.min(1, width / this.width);
    const scaleY = Math.min(1, (height - HEAD) / (this.height - HEAD));
    return { x: -(width / scaleX - this.width) / 2, y: this.at.topAt(scaleY), scaleX, scaleY };
  }

  *draw(surface: Surface, view: View, marked?: Uint8Array): Generator<void, void> {
    const { theme } = view;
    const scale = scaleOf(view);
    const box = this.at.boxOf(view);
    const lit = marked && this.isIn(marked);
    if (!lit) this.drawLanes(surface, view);
    yield;
    if (scale >= LEAST_SCALE.edges) yield* this.edges.draw(surface, view, box, lit);
    if (scale >= LEAST_SCALE.shapes && !lit) {
      this.drawBrackets(surface, view, box);
      drawPartEdges(surface, this.edges.parts(view), { theme, scale });
    }
    yield;
    const found = this.index?.search(...box) ?? [];
    if (scale < LEAST_SCALE.shapes) yield* this.nodes.drawDots(surface, view, found, lit);
    else {
      for (let from = 0; from < found.length; from += AT_ONCE) {
        for (const node of found.slice(from, from + AT_ONCE)) {
          if (!lit || lit(node)) this.nodes.draw(surface, view, node);
        }
        yield;
      }
    }
  }

  drawOver(surface: Surface, view: View, { selected, hovered, found }: Marks): void {
    const { theme } = view;
    if (found) this.drawFound(surface, view, found);
    for (const event of new Set([hovered, selected])) {
      const node = event === NONE ? NONE : (this.layout.graph.nodeOf[event] ?? NONE);
      if (node === NONE) continue;
      const [x, y] = this.at.pointOf(node, view);
      const radius = Math.max(8, 11 * scaleOf(view));
      surface.stroke({ color: theme.accent, width: event === selected ? 3 : 2 }, (pen) => {
        circle(pen, x, y, radius);
      });
      if (event === hovered) {
        surface.stroke({ color: theme.accent, width: 2 }, (pen) =>
          this.edges.drawOf(node, view, pen),
        );
      }
    }
    this.drawHeads(surface, view);
  }

  eventAt(x: number, y: number, view: View): number {
    if (y < HEAD) return NONE;
    const { graph, column, row } = this.layout;
    const { scaleX, scaleY } = view.camera;
    // The label of a node is part of it.
    const right =
      scaleOf(view) >= LEAST_SCALE.labels ? (this.at.columnWidth - 30) / this.at.columnWidth : 0;
    const [reachX, reachY] = [12 / (this.at.columnWidth * scaleX), 14 / (ROW * scaleY)];
    const [at, on] = [this.at.columnAt(x, view), this.at.rowAt(y, view)];
    let nearest = NONE;
    let least = Infinity;
    for (const node of this.index?.search(
      ...[at - right - reachX, on - reachY, at + reachX, on + reachY],
    ) ?? []) {
      const [dx, dy] = [at - column[node]!, on - row[node]!];
      const distance = Math.abs(dy) * ROW + Math.max(0, Math.abs(dx) - (dx > 0 ? right : 0)) * 40;
      if (distance < least) [least, nearest] = [distance, node];
    }
    return nearest === NONE ? NONE : graph.first[nearest]!;
  }

  placeOf(event: number): { x: number; y: number } | undefined {
    const node = this.layout.graph.nodeOf[event] ?? NONE;
    return node === NONE ? undefined : { x: this.at.xOf(node), y: this.at.yOf(node) };
  }

  neighbour(event: number, key: Direction): number {
    const { graph, column, row, inRow } = this.layout;
    const node = graph.nodeOf[event] ?? NONE;
    if (node === NONE) return NONE;
    const eventOf = (other: number | undefined): number =>
      other === undefined ? NONE : graph.first[other]!;
    if (key === 'down') {
      const next = graph.strands.next[node]!;
      return eventOf(next === NONE ? graph.children.of(node)[0] : next);
    }
    if (key === 'up') {
      const parents = graph.parents.of(node);
      const own = parents.find((parent) => graph.strands.next[parent] === node);
      return eventOf(own ?? parents[0]);
    }
    const beside = Array.from(inRow.of(row[node]!)).sort((a, b) => column[a]! - column[b]!);
    return eventOf(beside[beside.indexOf(node) + (key === 'left' ? -1 : 1)]);
  }

  private drawLanes(surface: Surface, view: View): void {
    for (const { process, firstColumn, columns } of this.layout.lanes) {
      const left = this.at.screenX(MARGIN / 2 + firstColumn * this.at.columnWidth, view);
      const width = columns * this.at.columnWidth * view.camera.scaleX;
      if (left > view.width || left + width < 0 || width < LEAST_LANE) continue;
      surface.fill(laneOf(view.theme, process).ground, (pen) => {
        pen.rect(left + 1, 0, Math.max(1, width - 2), view.height);
      });
    }
  }

  private drawBrackets(surface: Surface, view: View, box: Box): void {
    const scale = scaleOf(view);
    surface.stroke({ color: view.theme.minor, width: 1 }, (pen) => {
      for (const at of this.bracketIndex?.search(...box) ?? []) {
        const { column, from, to, level } = this.brackets[at]!;
        const x = this.at.screenX(this.at.columnX(column), view) - (13 + level * 4) * scale;
        const [top, bottom] = [this.at.rowY(from, view), this.at.rowY(to, view)];
        const tick = 4 * scale;
        pen.moveTo(x + tick, top);
        pen.lineTo(x, top);
        pen.lineTo(x, bottom);
        pen.lineTo(x + tick, bottom);
      }
    });
  }

  private drawFound(surface: Surface, view: View, found: Uint8Array): void {
    const marked = this.byNode(found);
    const size = Math.max(5, 12 * scaleOf(view));
    const grid = new PixelGrid(view.width, view.height, 3);
    surface.stroke({ color: view.theme.found, width: 2.5 }, (pen) => {
      for (const node of this.index?.search(...this.at.boxOf(view)) ?? []) {
        if (!marked[node]) continue;
        const [x, y] = this.at.pointOf(node, view);
        if (grid.isFirst(x, y)) pen.rect(x - size / 2 - 2, y - size / 2 - 2, size + 4, size + 4);
      }
    });
  }

  private drawHeads(surface: Surface, view: View): void {
    const { theme } = view;
    surface.fill(theme.ground, (pen) => pen.rect(0, 0, view.width, HEAD));
    for (const { process, firstColumn, columns } of this.layout.lanes) {
      const lane = this.task.graph.model.processes[process]!;
      const left = this.at.screenX(MARGIN / 2 + firstColumn * this.at.columnWidth, view);
      const right = left + columns * this.at.columnWidth * view.camera.scaleX;
      if (right < 0 || left > view.width || right - left < LEAST_LANE) continue;
      const [from, to] = [Math.max(0, left), Math.min(view.width, right)];
      surface.fill(laneOf(theme, process).ground, (pen) =>
        pen.rect(from + 1, 0, Math.max(1, to - from - 2), HEAD),
      );
      surface.fill(laneOf(theme, process).line, (pen) =>
        pen.rect(from + 1, HEAD - 3, Math.max(1, to - from - 2), 3),
      );
      if (to - from < 24) continue;
      const width = to - from - 16;
      surface.text(lane.name || 'unnamed process', from + 8, 18, width, {
        color: theme.text,
        size: 13,
        bold: true,
      });
      const minor = placeOf(lane).join(' · ');
      surface.text(minor, from + 8, 34, width, { color: theme.minor, size: 11 });
    }
  }

  private isIn(marks: Uint8Array): IsLit {
    const byNode = this.byNode(marks);
    return (node) => byNode[node] === 1;
  }

  /** Returns 1 for each node of which an event is marked. The last two answers are kept, because both are asked for at every picture. */
  private byNode(marks: Uint8Array): Uint8Array {
    const known = this.nodeMarks.find(([of]) => of === marks);
    if (known) return known[1];
    const { nodeOf, size } = this.layout.graph;
    const byNode = new Uint8Array(size);
    for (let event = 0; event < marks.length; event++) {
      const node = marks[event] ? (nodeOf[event] ?? NONE) : NONE;
      if (node !== NONE) byNode[node] = 1;
    }
    this.nodeMarks = [[marks, byNode], ...this.nodeMarks.slice(0, 1)];
    return byNode;
  }
}
