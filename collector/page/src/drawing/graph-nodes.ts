import { kindOf } from '../../../src/analysis/kinds';
import { NONE } from '../../../src/graph/task-model';
import { groupKey } from '../model/groups';
import type { GraphLayout } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';
import { count, duration, number } from '../model/text';
import type { IsLit } from './graph-edges';
import { LEAST_SCALE, scaleOf } from './graph-geometry';
import type { GraphGeometry } from './graph-geometry';
import { PixelGrid } from './scene';
import type { View } from './scene';
import { circle, fillSquares } from './shapes';
import type { Pen, Surface } from './surface';
import { laneOf } from './theme';

/** How many nodes are drawn before the caller may do something else. */
const AT_ONCE = 8000;

/** How an event compares with another task. Nothing if it is alike, or if there is no other task. */
export type NodeStatus = 'added' | 'removed' | 'slower' | undefined;

/** The nodes of a graph. */
export class GraphNodes {
  /** Of nodes with several events, if a parent of one is missing, once that was asked for. */
  private readonly missing: (boolean | undefined)[] = [];
  /** 1 for each node of the critical path. */
  private readonly onPath: Uint8Array;

  constructor(
    private readonly task: OpenTask,
    private readonly layout: GraphLayout,
    private readonly at: GraphGeometry,
    private readonly statusOf: (event: number) => NodeStatus,
  ) {
    const { graph } = layout;
    this.onPath = new Uint8Array(graph.size);
    for (const { from, to } of task.path) {
      for (const event of [from, to]) {
        const node = graph.nodeOf[event]!;
        if (node !== NONE) this.onPath[node] = 1;
      }
    }
  }

  /** Draws nodes that are too small for shapes. */
  *drawDots(
    surface: Surface,
    view: View,
    nodes: readonly number[],
    lit: IsLit | undefined,
  ): Generator<void, void> {
    const size = Math.max(1.5, 10 * scaleOf(view));
    const grid = new PixelGrid(view.width, view.height, Math.max(1, size / 2));
    const { theme } = view;
    for (let from = 0; from < nodes.length; from += AT_ONCE) {
      const part = nodes.slice(from, from + AT_ONCE);
      const failed: number[] = [];
      const byProcess = new Map<number, number[]>();
      for (const node of part) {
        if (lit && !lit(node)) continue;
        const [x, y] = this.at.pointOf(node, view);
        if (this.layout.graph.failed[node]! > 0) failed.push(x, y);
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

  /** Draws a node with its label. */
  draw(surface: Surface, view: View, node: number): void {
    const { theme } = view;
    const { graph } = this.layout;
    const { model } = this.task.graph;
    const scale = scaleOf(view);
    const event = graph.first[node]!;
    const [x, y] = this.at.pointOf(node, view);
    const radius = 6 * scale;
    const isError = graph.failed[node]! > 0;
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
    if (this.missesParents(node)) {
      surface.stroke({ color: theme.minor, width: 2, dash: [2, 3] }, (pen) => {
        pen.moveTo(x, y - radius);
        pen.lineTo(x, y - radius - 12 * scale);
      });
    }
    if (scale < LEAST_SCALE.labels) return;
    const mark = { added: '+ ', removed: '− ', slower: '▲ ' }[status ?? 'added'];
    const label = (status ? mark : '') + this.labelOf(node);
    const width = this.at.columnWidth * view.camera.scaleX - 34 * scale;
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
    const { first, count: counts, alike, failed, groupedBy } = this.layout.graph;
    const event = first[node]!;
    const label = this.isOperation(node) ? model.operationName(event) : model.labelOf(event);
    const times = `${number(alike[node]!)} ×`;
    if (counts[node] === 1 || this.isOperation(node)) {
      return alike[node] === 1 ? label : `${times} ${kindOf(label)}`;
    }
    // How many there are comes first: the end of a label may be cut.
    const errors = failed[node]! > 0 ? `, ${number(failed[node]!)} failed` : '';
    const events = `${count(counts[node]!, 'event')}${errors}`;
    if (groupedBy === 'label') {
      const isOver = model.begunBy(event) !== NONE;
      return `${times} ${groupKey(model, event, groupedBy)}${isOver ? ' ended' : ''}${errors}`;
    }
    if (groupedBy === 'source') return `${events}: ${groupKey(model, event, groupedBy)}`;
    return groupedBy || alike[node] === 1
      ? `${events}: ${label}`
      : `${times} ${events}: ${kindOf(label)}`;
  }

  /** Parents of any event of a node may be missing. */
  private missesParents(node: number): boolean {
    const { model } = this.task.graph;
    const { first, count: counts } = this.layout.graph;
    return counts[node] === 1
      ? model.missingOf(first[node]!).length > 0
      : (this.missing[node] ??= this.layout.graph.events
          .of(node)
          .some((event) => model.missingOf(event).length > 0));
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
}
