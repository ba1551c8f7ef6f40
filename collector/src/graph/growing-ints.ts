/** A list of 32-bit integers that grows at its end. */
export class GrowingInts {
  data = new Int32Array(64);
  length = 0;

  constructor(first: readonly number[] = []) {
    for (const value of first) this.push(value);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }
}
