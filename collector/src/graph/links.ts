/** Edges of a graph by node: those of node `i` lead to `to[start[i]]` up to `to[start[i + 1] - 1]`. */
export class Links {
  constructor(
    readonly start: Int32Array,
    readonly to: Int32Array,
  ) {}

  /** Number of nodes. */
  get size(): number {
    return this.start.length - 1;
  }

  /** Returns the nodes that node `i` is linked to. */
  of(i: number): Int32Array {
    return this.to.subarray(this.start[i], this.start[i + 1]);
  }

  count(i: number): number {
    return this.start[i + 1]! - this.start[i]!;
  }

  /** Returns the links in the other direction. Those of each node are in the order of their sources. */
  reversed(): Links {
    const { size, to } = this;
    const start = new Int32Array(size + 1);
    for (let at = 0; at < to.length; at++) start[to[at]! + 1]!++;
    for (let i = 0; i < size; i++) start[i + 1]! += start[i]!;
    const next = start.slice();
    const back = new Int32Array(to.length);
    for (let i = 0; i < size; i++) {
      for (let at = this.start[i]!; at < this.start[i + 1]!; at++) back[next[to[at]!]!++] = i;
    }
    return new Links(start, back);
  }
}
