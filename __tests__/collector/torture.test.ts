import { Child } from '../harness/child';

test('a short torture: kills, a full disk where one can be mounted, bad bytes and slow connections', async () => {
  const child = new Child(['scripts/torture.mjs', '--seconds', '4', '--seed', '3']);
  const { code } = await child.exit;

  expect(child.stderr).not.toMatch(/FAILED|Error/);
  expect(child.stdout).toMatch(/[1-9] kills, \d{3} malformed inputs, 300 slow connections/);
  expect(child.stdout).toMatch(/\d{5,} events logged and acknowledged, 0 lost, 0 kept twice/);
  expect(code).toBe(0);
});
