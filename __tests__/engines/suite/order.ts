import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { inMicrotask, metronome, turn } from './harness/uncompiled';
import * as compiled from './order-programs';
import type { Log } from './order-programs';
import * as uncompiled from './order-programs?uncompiled';

const test = construct('order of microtasks');

/** What a program logs, each entry with the microtask it came in. */
async function logged(program: (log: Log) => Promise<unknown>): Promise<string[]> {
  const entries: string[] = [];
  await inMicrotask(async () => {
    const clock = metronome();
    await program((entry) => entries.push(`${clock.tick}: ${JSON.stringify(entry)}`));
  });
  await turn();
  return entries;
}

for (const name of Object.keys(compiled.programs)) {
  test(`${name}: as in the same program uncompiled`, async () => {
    const expected = await logged(uncompiled.programs[name]!);
    equal(expected.length > 2, true);
    equal(await logged(compiled.programs[name]!), expected);
  });
}
