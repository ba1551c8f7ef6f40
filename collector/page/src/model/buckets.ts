import { Links } from '../../../src/graph/links';
import { NONE } from '../../../src/graph/task-model';

/** Sorts things into buckets, by the bucket of each: those of `NONE` into none. In each, they are in their order, or in the one given. */
export function sortedInto(buckets: number, bucketOf: Int32Array, order?: Int32Array): Links {
  const start = new Int32Array(buckets + 1);
  for (const bucket of bucketOf) if (bucket !== NONE) start[bucket + 1]!++;
  for (let bucket = 0; bucket < buckets; bucket++) start[bucket + 1]! += start[bucket]!;
  const next = start.slice();
  const things = new Int32Array(start[buckets]!);
  for (let i = 0; i < bucketOf.length; i++) {
    const thing = order ? order[i]! : i;
    const bucket = bucketOf[thing]!;
    if (bucket !== NONE) things[next[bucket]!++] = thing;
  }
  return new Links(start, things);
}
