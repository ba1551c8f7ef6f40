import Flatbush from 'flatbush';
import { kindOf } from '../../../src/analysis/kinds';
import { NONE, placeOf } from '../../../src/graph/task-model';
import { EDGE, ROUTE } from '../model/graph-layout';
import type { GraphLayout } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';
import { count, duration, number } from '../model/text';
import { bracketsOf } from './brackets';
import type { Bracket } from './brackets';
import { drawPartEdges } from './part-edges';
import type { PartEdge } from './part-edges';
import { PixelGrid } from './scene';
import type { Camera, Direction, Marks, Scene, View } from './scene';
import { circle, fillSquares } from './shapes';
import type { Pen, Stroke, Surface } from './surface';
import { laneOf } from './theme';
import type { Theme } from './theme';

const ROW = 46;
const MARGIN = 40;
/** Columns are wide while there are few, so that labels are whole. */
const COLUMN_WIDTHS = [
  [3, 300],
  [6, 220],
  [12, 160],
] as const;
const NARROW = 120;
const HEAD = 44;

/** Scales from which on things are drawn. */
const LEAST_SCALE = { labels: 0.62, shapes: 0.3, edges: 0.02 } as const;
/** The scale in which a graph is shown first, if all of it does not fit. */
const HOME_SCALE = 0.9;
/** Where edges run to the side: so far below their cause, or above their effect. Labels are between. */
const BUS = { early: 26, late: 14 } as const;
/** A lane that is narrower cannot be seen. */
const LEAST_LANE = 0.5;
/** Distance from the view beyond which nothing is drawn. */
const OUTSIDE = 20;
/** How round the corners of edges are. */
const CORNER = 9;
const MAX_SCALE = 3;
/** How many things are drawn before the caller may do something else, and how many are one path: long paths are slow to fill. */
const AT_ONCE = 2000;
const IN_PATH = 400;

/** What is drawn later is above. */
const DRAWN_ORDER = [EDGE.message, EDGE.spawn, EDGE.next, EDGE.join];

/** How an event compares with another task. Nothing if it is alike, or if there is no other task. */
export type NodeStatus = 'added' | 'removed' | 'slower' | undefined;

/** The causal graph as a picture. */
export class GraphScene implements Scene {
  readonly isTime = false;
  readonly top = HEAD;
  readonly maxScale = MAX_SCALE;
  readonly width: number;
  readonly height: number;
  private readonly columnWidth: number;
  private readonly nodes: Flatbush | undefined;
  private readonly edges: Flatbush | undefined;
  private readonly effects: Int32Array;
  private readonly brackets: readonly Bracket[];
  private readonly bracketIndex: Flatbush | undefined;
  /** 1 for each node of the critical path, and the node before it there. */
  private readonly onPath: Uint8Array;
  private readonly pathParent: Int32Array;
  private nodeMarks: (readonly [marks: Uint8Array, byNode: Uint8Array])[] = [];

  constructor(
    private readonly task: OpenTask,
    private readonly layout: GraphLayout,
    private readonly statusOf: (event: number) => NodeStatus = () => undefined,
  ) {
    const { graph, column, row, columns, rows } = layout;
    this.columnWidth = COLUMN_WIDTHS.find(([most]) => columns <= most)?.[1] ?? NARROW;
    this.width = columns * this.columnWidth + MARGIN;
    this.height = HEAD + rows * ROW + MARGIN;
    this.nodes = indexOf(graph.size, (add) => {
      for (let node = 0; node < graph.size; node++) {
        add(column[node]!, row[node]!, column[node]!, row[node]!);
      }
    });
    const { start, to } = graph.parents;
    this.effects = new Int32Array(to.length);
    this.edges = indexOf(to.length, (add) => {
      for (let node = 0; node < graph.size; node++) {
        for (let at = start[node]!; at < start[node + 1]!; at++) {
          const parent = to[at]!;
          this.effects[at] = node;
          const [a, b] = [column[node]!, column[parent]!];
          add(Math.min(a, b), row[parent]!, Math.max(a, b), row[node]!);
        }
      }
    });
    this.brackets = bracketsOf(task, layout);
    this.bracketIndex = indexOf(this.brackets.length, (add) => {
      for (const { column: at, from, to: end } of this.brackets) add(at, from, at, end);
    });
    this.onPath = new Uint8Array(graph.size);
    this.pathParent = new Int32Array(graph.size).fill(NONE);
    for (const { from, to: effect } of task.path) {
      const [before, after] = [graph.nodeOf[from]!, graph.nodeOf[effect]!];
      for (const node of [before, after]) if (node !== NONE) this.onPath[node] = 1;
      if (after !== NONE && after !== before) this.pathParent[after] = before;
    }
  }

  home(width: number, height: number): Camera {
    const fit = Math.min(1, width / this.width, height / this.height);
    const scale = fit >= LEAST_SCALE.labels ? fit : HOME_SCALE;
    const x = this.width * scale < width ? -(width / scale - this.width) / 2 : 0;
    return { x, y: this.topAt(scale), scaleX: scale, scaleY: scale };
  }

  fit(width: number, height: number): Camera {
    const scaleX = Math.min(1, width / this.width);
    const scaleY = Math.min(1, height / (this.height + HEAD));
    return { x: -(width / scaleX - this.width) / 2, y: this.topAt(scaleY), scaleX, scaleY };
  }

  *draw(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void> {
    const scale = scaleOf(view);
    const box = this.boxOf(view);
    if (!lit) this.drawLanes(surface, view);
    yield;
    if (scale >= LEAST_SCALE.edges) yield* this.drawEdges(surface, view, box, lit);
    if (scale >= LEAST_SCALE.shapes) this.drawBrackets(surface, view, box, lit);
    if (scale >= LEAST_SCALE.shapes && !lit) {
      drawPartEdges(surface, this.partEdges(view), { theme: view.theme, scale });
    }
    yield;
    const found = this.nodes?.search(...box) ?? [];
    if (scale < LEAST_SCALE.shapes) yield* this.drawDots(surface, view, found, lit);
    else {
      for (let at = 0; at < found.length; at += AT_ONCE / 4) {
        for (const node of found.slice(at, at + AT_ONCE / 4)) {
          if (this.isLit(node, lit)) this.drawNode(surface, view, node);
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
      const [x, y] = this.pointOf(node, view);
      const radius = Math.max(8, 11 * scaleOf(view));
      surface.stroke({ color: theme.accent, width: event === selected ? 3 : 2 }, (pen) => {
        circle(pen, x, y, radius);
      });
      if (event === hovered) {
        surface.stroke({ color: theme.accent, width: 2 }, (pen) =>
          this.drawEdgesOf(node, view, pen),
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
      scaleOf(view) >= LEAST_SCALE.labels ? (this.columnWidth - 30) / this.columnWidth : 0;
    const [reachX, reachY] = [12 / (this.columnWidth * scaleX), 14 / (ROW * scaleY)];
    const [at, on] = [this.columnAt(x, view), this.rowAt(y, view)];
    let nearest = NONE;
    let least = Infinity;
    for (const node of this.nodes?.search(
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
    return node === NONE ? undefined : { x: this.xOf(node), y: this.yOf(node) };
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
      const left = this.screenX(MARGIN / 2 + firstColumn * this.columnWidth, view);
      const width = columns * this.columnWidth * view.camera.scaleX;
      if (left > view.width || left + width < 0 || width < LEAST_LANE) continue;
      surface.fill(laneOf(view.theme, process).ground, (pen) => {
        pen.rect(left + 1, 0, Math.max(1, width - 2), view.height);
      });
    }
  }

  private *drawEdges(
    surface: Surface,
    view: View,
    box: Box,
    lit: Uint8Array | undefined,
  ): Generator<void, void> {
    const { parents } = this.layout.graph;
    const scale = scaleOf(view);
    const isSmall = scale < LEAST_SCALE.shapes;
    const drawn = new Set<number>();
    const byKind: number[][] = [[], [], [], []];
    const path: number[] = [];
    let done = 0;
    for (const at of this.edges?.search(...box) ?? []) {
      const [parent, node] = [parents.to[at]!, this.effects[at]!];
      if (lit && !(this.isLit(parent, lit) && this.isLit(node, lit))) continue;
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
    const [x1, y1] = this.pointOf(parent, view);
    const [x2, y2] = this.pointOf(node, view);
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
      const [x1, y1] = this.pointOf(graph.parents.to[at]!, view);
      const [x2, y2] = this.pointOf(this.effects[at]!, view);
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
      const [hubX, hubY] = this.pointOf(hub, view);
      const [x] = this.pointOf(other, view);
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
    const [x, y] = this.pointOf(node, view);
    const scale = scaleOf(view);
    const tip = y - 8 * scale;
    pen.moveTo(x, tip);
    pen.lineTo(x - 4.5 * scale, tip - 7 * scale);
    pen.lineTo(x + 4.5 * scale, tip - 7 * scale);
    pen.lineTo(x, tip);
  }

  /** The edges of abandoned parts that are in view. */
  private partEdges(view: View): PartEdge[] {
    const { nodeOf } = this.layout.graph;
    return this.task.joinParts.flatMap(({ part, joined, state }) => {
      const [a, b] = [nodeOf[part]!, nodeOf[joined]!];
      if (state !== 'abandoned' || a === NONE || b === NONE || a === b) return [];
      const [from, to] = [this.pointOf(a, view), this.pointOf(b, view)];
      const isInView = to[1] > -OUTSIDE && from[1] < view.height + OUTSIDE;
      return isInView ? [{ from, to }] : [];
    });
  }

  private drawBrackets(surface: Surface, view: View, box: Box, lit: Uint8Array | undefined): void {
    if (lit) return;
    const scale = scaleOf(view);
    surface.stroke({ color: view.theme.minor, width: 1 }, (pen) => {
      for (const at of this.bracketIndex?.search(...box) ?? []) {
        const { column, from, to, level } = this.brackets[at]!;
        const x = this.screenX(this.columnX(column), view) - (13 + level * 4) * scale;
        const [top, bottom] = [this.rowY(from, view), this.rowY(to, view)];
        const tick = 4 * scale;
        pen.moveTo(x + tick, top);
        pen.lineTo(x, top);
        pen.lineTo(x, bottom);
        pen.lineTo(x + tick, bottom);
      }
    });
  }

  private *drawDots(
    surface: Surface,
    view: View,
    nodes: readonly number[],
    lit: Uint8Array | undefined,
  ): Generator<void, void> {
    const size = Math.max(1.5, 10 * scaleOf(view));
    const grid = new PixelGrid(view.width, view.height, Math.max(1, size / 2));
    const { theme } = view;
    for (let from = 0; from < nodes.length; from += AT_ONCE * 4) {
      const part = nodes.slice(from, from + AT_ONCE * 4);
      const failed: number[] = [];
      const byProcess = new Map<number, number[]>();
      for (const node of part) {
        if (!this.isLit(node, lit)) continue;
        const [x, y] = this.pointOf(node, view);
        if (this.hasError(node)) failed.push(x, y);
        else if (grid.isFirst(x, y)) {
          const process = this.layout.graph.process[node]!;
          const points = byProcess.get(process);
          if (points === undefined) byProcess.set(process, [x, y]);
          else points.push(x, y);
        }
      }
      for (const [process, points] of byProcess) {
        fillSquares(surface, lit ? theme.accent : laneOf(theme, process).line, points, size);
      }
      fillSquares(surface, theme.error, failed, size + 1);
      yield;
    }
  }

  private drawNode(surface: Surface, view: View, node: number): void {
    const { theme } = view;
    const { graph } = this.layout;
    const { model } = this.task.graph;
    const scale = scaleOf(view);
    const event = graph.first[node]!;
    const [x, y] = this.pointOf(node, view);
    const radius = 6 * scale;
    const isError = this.hasError(node);
    const status = this.statusOf(event);
    const color =
      isError || status === 'removed' ? theme.error : laneOf(theme, graph.process[node]!).line;
    const shape = (pen: Pen): void => this.shape(pen, node, x, y, radius);
    const isOperation = model.begins(event) || model.partner[event] !== NONE;
    surface.fill(isError || isOperation ? color : theme.ground, shape);
    surface.stroke(
      {
        color: this.onPath[node] ? theme.path : color,
        width: (this.onPath[node] ? 3 : 2) * Math.min(1, scale + 0.3),
      },
      shape,
    );
    if (isError) {
      surface.stroke({ color: theme.ground, width: 1.5 * scale }, (pen) => {
        const half = radius * 0.45;
        pen.moveTo(x - half, y - half);
        pen.lineTo(x + half, y + half);
        pen.moveTo(x + half, y - half);
        pen.lineTo(x - half, y + half);
      });
    }
    if (model.missingOf(event).length > 0) {
      surface.stroke({ color: theme.minor, width: 2, dash: [2, 3] }, (pen) => {
        pen.moveTo(x, y - radius);
        pen.lineTo(x, y - radius - 12 * scale);
      });
    }
    if (scale < LEAST_SCALE.labels) return;
    const mark = { added: '+ ', removed: '− ', slower: '▲ ' }[status ?? 'added'];
    const label = (status ? mark : '') + this.labelOf(node);
    const width = this.columnWidth * view.camera.scaleX - 34 * scale;
    const left = x + 12 * scale;
    const size = Math.min(15, Math.max(10.5, 13 * scale));
    surface.text(label, left, y + size * 0.15, width, {
      color: status || isError ? (status === 'added' ? theme.accent : theme.error) : theme.text,
      size,
      bold: status !== undefined,
    });
    surface.text(this.timeOf(node), left, y + size * 1.25, width, {
      color: theme.minor,
      size: size * 0.85,
    });
  }

  private labelOf(node: number): string {
    const { model } = this.task.graph;
    const { first, count: counts, branches } = this.layout.graph;
    const event = first[node]!;
    const label = this.isOperation(node) ? model.operationName(event) : model.labelOf(event);
    const isChain = counts[node]! > 1 && !this.isOperation(node);
    const text = isChain ? `${label} … ${count(counts[node]!, 'event')}` : label;
    return branches[node] === 1 ? text : `${number(branches[node]!)} × ${kindOf(text)}`;
  }

  private timeOf(node: number): string {
    const { start, time } = this.task;
    const { first, last } = this.layout.graph;
    const [from, to] = [time[first[node]!]!, time[last[node]!]!];
    const at = `+${duration(from - start)}`;
    return first[node] === last[node] ? at : `${at}, took ${duration(to - from)}`;
  }

  /** Returns true if a node is an operation as a whole. */
  private isOperation(node: number): boolean {
    const { first, last } = this.layout.graph;
    const { model } = this.task.graph;
    return (
      first[node] !== last[node] &&
      model.partner[first[node]!] === last[node] &&
      this.layout.graph.count[node] === 2
    );
  }

  /** A square begins a task, a diamond joins several parents, a bar is a chain of events, a circle is any other event. */
  private shape(pen: Pen, node: number, x: number, y: number, radius: number): void {
    const { parents, count: counts } = this.layout.graph;
    if (counts[node]! > 1 && !this.isOperation(node))
      pen.rect(x - radius * 0.8, y - radius * 1.5, radius * 1.6, radius * 3);
    else if (parents.count(node) === 0) pen.rect(x - radius, y - radius, radius * 2, radius * 2);
    else if (parents.count(node) === 1) circle(pen, x, y, radius);
    else {
      const reach = radius * 1.35;
      pen.moveTo(x, y - reach);
      pen.lineTo(x + reach, y);
      pen.lineTo(x, y + reach);
      pen.lineTo(x - reach, y);
      pen.lineTo(x, y - reach);
    }
  }

  private drawFound(surface: Surface, view: View, found: Uint8Array): void {
    const marked = this.byNode(found);
    const size = Math.max(5, 12 * scaleOf(view));
    const grid = new PixelGrid(view.width, view.height, 3);
    surface.stroke({ color: view.theme.found, width: 2.5 }, (pen) => {
      for (const node of this.nodes?.search(...this.boxOf(view)) ?? []) {
        if (!marked[node]) continue;
        const [x, y] = this.pointOf(node, view);
        if (grid.isFirst(x, y)) pen.rect(x - size / 2 - 2, y - size / 2 - 2, size + 4, size + 4);
      }
    });
  }

  private drawHeads(surface: Surface, view: View): void {
    const { theme } = view;
    surface.fill(theme.ground, (pen) => pen.rect(0, 0, view.width, HEAD));
    for (const { process, firstColumn, columns } of this.layout.lanes) {
      const lane = this.task.graph.model.processes[process]!;
      const left = this.screenX(MARGIN / 2 + firstColumn * this.columnWidth, view);
      const right = left + columns * this.columnWidth * view.camera.scaleX;
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

  private drawEdgesOf(node: number, view: View, pen: Pen): void {
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

  private isLit(node: number, lit: Uint8Array | undefined): boolean {
    return !lit || this.byNode(lit)[node] === 1;
  }

  /** Returns 1 for each node of which an event is marked. The last two answers are kept: both are asked for at every node. */
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

  private hasError(node: number): boolean {
    const { model } = this.task.graph;
    const { first, last } = this.layout.graph;
    return model.hasError(first[node]!) || model.hasError(last[node]!);
  }

  /** The heads are as high at every scale: the first row is below them. */
  private topAt(scale: number): number {
    return (HEAD + MARGIN / 2) * (1 - 1 / scale);
  }

  private columnX(column: number): number {
    return MARGIN + column * this.columnWidth;
  }

  private xOf(node: number): number {
    return this.columnX(this.layout.column[node]!);
  }

  private yOf(node: number): number {
    return HEAD + MARGIN / 2 + this.layout.row[node]! * ROW;
  }

  private rowY(row: number, { camera }: View): number {
    return (HEAD + MARGIN / 2 + row * ROW - camera.y) * camera.scaleY;
  }

  private screenX(x: number, { camera }: View): number {
    return (x - camera.x) * camera.scaleX;
  }

  private pointOf(node: number, view: View): [x: number, y: number] {
    return [this.screenX(this.xOf(node), view), this.rowY(this.layout.row[node]!, view)];
  }

  private columnAt(x: number, { camera }: View): number {
    return (x / camera.scaleX + camera.x - MARGIN) / this.columnWidth;
  }

  private rowAt(y: number, { camera }: View): number {
    return (y / camera.scaleY + camera.y - HEAD - MARGIN / 2) / ROW;
  }

  /** Returns the columns and rows in view, and a little more. */
  private boxOf(view: View): Box {
    return [
      this.columnAt(-10, view) - 1,
      this.rowAt(-10, view) - 1,
      this.columnAt(view.width + 10, view) + 1,
      this.rowAt(view.height + 10, view) + 1,
    ];
  }
}

/** How large things are: when all of a wide graph is in view, columns are narrower than rows are high, or the other way round. */
function scaleOf({ camera: { scaleX, scaleY } }: View): number {
  return Math.min(scaleX, scaleY);
}

type Box = [left: number, top: number, right: number, bottom: number];

function indexOf(size: number, fill: (add: (...box: Box) => void) => void): Flatbush | undefined {
  if (size === 0) return undefined;
  const index = new Flatbush(size, 16, Float32Array);
  fill((...box) => index.add(...box));
  index.finish();
  return index;
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
