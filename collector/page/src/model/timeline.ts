import { Heap } from '../../../src/graph/heap';
import { NONE } from '../../../src/graph/task-model';
import type { OpenTask } from './open-task';
import { strandsOf } from './strands';

/** An operation in the timeline. Times are in microseconds after the task's first event. */
export interface Bar {
  /** The event that begins it. */
  readonly event: number;
  readonly from: number;
  readonly to: number;
  /** Its place among the operations of the same strand that run at once: the first one that is free. */
  readonly level: number;
  readonly isOpen: boolean;
}

/** The rows of one process. */
export interface TimelineGroup {
  readonly process: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** A task in time: a row for each strand, or for several that do not overlap. */
export interface Timeline {
  readonly groups: readonly TimelineGroup[];
  readonly rows: number;
  /** How many bars are above one another in each row; at least 1. */
  readonly levels: Int32Array;
  /** By row, and by begin. */
  readonly bars: readonly Bar[];
  /** Events that neither begin nor end an operation, by row, by time. */
  readonly marks: Int32Array;
  readonly markStart: Int32Array;
  /** By event: its row, and its level in it. */
  readonly row: Int32Array;
  readonly level: Int32Array;
  /** In microseconds. */
  readonly duration: number;
  /** How many operations ran at once: from `at[i]` on, `running[i]` of them. */
  readonly parallel: { readonly at: Float64Array; readonly running: Int32Array };
}

/** Operations of one strand that run at once, beyond so many, are drawn over one another. */
const MOST_LEVELS = 8;

/** Lays out a task in time. Takes time n log n in events. */
export function timelineOf({ graph, time, start, end }: OpenTask): Timeline {
  const { model, order } = graph;
  const begun = (event: number): number => model.begunBy(event);
  const strands = strandsOf({ ...graph, process: model.process, begun });
  const timeOf = (event: number): number => time[event]! - start;
  const endOf = (begin: number): number => {
    const partner = model.partner[begin]!;
    return partner === NONE ? end - start : Math.max(timeOf(partner), timeOf(begin));
  };

  const until = Float64Array.from(strands.last, timeOf);
  const level = new Int32Array(model.size);
  const depth = new Int32Array(strands.count).fill(1);
  const bars: Bar[] = [];
  /** By strand, and by level in it: when the bar that was put there last ends. */
  const taken = new Map<number, number[]>();
  for (const event of order) {
    const strand = strands.of[event]!;
    const ends = taken.get(strand) ?? [];
    const at = timeOf(event);
    if (!model.begins(event)) {
      const begin = model.partner[event]!;
      level[event] =
        begin !== NONE && strands.of[begin] === strand
          ? level[begin]!
          : Math.max(
              0,
              ends.findLastIndex((to) => to > at),
            );
      continue;
    }
    const to = endOf(event);
    const free = ends.findIndex((end) => end <= at);
    level[event] = Math.min(free === -1 ? ends.length : free, MOST_LEVELS - 1);
    ends[level[event]!] = Math.max(to, ends[level[event]!] ?? 0);
    taken.set(strand, ends);
    depth[strand] = Math.max(depth[strand]!, level[event]! + 1);
    until[strand] = Math.max(until[strand]!, to);
    bars.push({
      ...{ event, from: at, to, level: level[event]! },
      isOpen: model.partner[event] === NONE,
    });
  }

  const { groups, rows, rowOfStrand } = rowsOf();
  const row = strands.of.map((strand) => rowOfStrand[strand]!);
  // An end is at the end of its bar, wherever what it waited for was.
  for (const event of order) {
    const begin = begun(event);
    if (begin === NONE || model.process[begin] !== model.process[event]) continue;
    row[event] = row[begin]!;
    level[event] = level[begin]!;
  }
  const levels = new Int32Array(rows).fill(1);
  for (let strand = 0; strand < strands.count; strand++) {
    const at = rowOfStrand[strand]!;
    levels[at] = Math.max(levels[at]!, depth[strand]!);
  }
  bars.sort((a, b) => row[a.event]! - row[b.event]! || a.from - b.from);
  const marks = order
    .filter((event) => model.partner[event] === NONE && !model.begins(event))
    .sort((a, b) => row[a]! - row[b]! || time[a]! - time[b]!);
  return {
    ...{ groups, rows, levels, bars, row, level, marks, duration: end - start },
    markStart: startsOf(
      rows,
      marks.map((event) => row[event]!),
    ),
    parallel: parallelOf(bars, order[0]),
  };

  /** Gives each strand the first row of its process that is free when it begins. */
  function rowsOf(): { groups: TimelineGroup[]; rows: number; rowOfStrand: Int32Array } {
    const byProcess = new Map<number, number[]>();
    for (const event of order) {
      const strand = strands.of[event]!;
      if (strands.first[strand] !== event) continue;
      const process = model.process[event]!;
      const known = byProcess.get(process);
      if (known === undefined) byProcess.set(process, [strand]);
      else known.push(strand);
    }
    const rowOfStrand = new Int32Array(strands.count);
    const groups: TimelineGroup[] = [];
    let rows = 0;
    for (const [process, members] of byProcess) {
      const from = (strand: number): number => timeOf(strands.first[strand]!);
      members.sort((a, b) => from(a) - from(b) || a - b);
      const taken = new Heap<{ row: number; until: number }>((a, b) => a.until < b.until);
      const free = new Heap<number>((a, b) => a < b);
      let count = 0;
      for (const strand of members) {
        for (let top = taken.first; top && top.until < from(strand); top = taken.first) {
          free.push(taken.pop()!.row);
        }
        const row = free.pop() ?? count++;
        taken.push({ row, until: until[strand]! });
        rowOfStrand[strand] = rows + row;
      }
      groups.push({ process, firstRow: rows, rows: count });
      rows += count;
    }
    return { groups, rows, rowOfStrand };
  }
}

function startsOf(rows: number, sorted: ArrayLike<number>): Int32Array {
  const start = new Int32Array(rows + 1);
  for (let i = 0; i < sorted.length; i++) start[sorted[i]! + 1]!++;
  for (let i = 0; i < rows; i++) start[i + 1]! += start[i]!;
  return start;
}

/** Counts how many operations ran at once. The one that begins the task is around everything, and not counted. */
function parallelOf(bars: readonly Bar[], first: number | undefined): Timeline['parallel'] {
  const counted = bars.filter(({ event }) => event !== first);
  const changes = [
    ...counted.map(({ from }) => ({ at: from, by: 1 })),
    ...counted.map(({ to }) => ({ at: to, by: -1 })),
  ].sort((a, b) => a.at - b.at || a.by - b.by);
  let running = 0;
  return {
    at: Float64Array.from(changes, ({ at }) => at),
    running: Int32Array.from(changes, ({ by }) => (running += by)),
  };
}
