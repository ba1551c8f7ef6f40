// The suite of every engine, here with the runtime's sources, and with its CommonJS build and causes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { getLocal } from '@throughline/runtime';
import { cases, runCase } from './suite/harness/construct';
import type { Case } from './suite/harness/construct';
import { user } from './suite/slots';

const suite = join(__dirname, 'suite');
for (const folder of [suite, join(suite, 'faces')]) {
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.ts') && !file.endsWith('.d.ts')) require(join(folder, file));
  }
}

const isRoot = (): boolean => getLocal(user) === 'nobody';
const isAbsent = ({ needs }: Case): boolean => needs.some(({ isHere }) => isHere === false);
const [major] = process.versions.node.split('.').map(Number);

describe.each([...new Set(cases.map(({ construct }) => construct))])('%s', (construct) => {
  for (const one of cases.filter((each) => each.construct === construct && !isAbsent(each))) {
    test(one.name, () => runCase(one.run, isRoot));
  }
  if (cases.every((each) => each.construct !== construct || isAbsent(each)))
    test.skip('absent', () => {});
});

test('the cases left out are those whose needs this version of Node lacks', async () => {
  const needs = cases.flatMap((one) => one.needs);
  const here = await Promise.all(needs.map(({ isHere }) => isHere));
  const lacks = new Set(needs.filter((_, i) => !here[i]).map(({ what }) => what));

  expect([...lacks].sort()).toEqual(
    [
      ...['MutationObserver', 'requestAnimationFrame', 'requestIdleCallback'],
      ...(major! < 22 ? ['Promise.withResolvers'] : []),
      ...(major! < 24 ? ['Promise.try'] : []),
    ].sort(),
  );
});
