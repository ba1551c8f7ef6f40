import { getLogger, setLevel } from '@throughline/runtime/logger';

test('a task asks for more, in what it starts, and not in what runs beside it', async () => {
  const logger = getLogger('x');
  const part = async (isAsking: boolean): Promise<boolean[]> => {
    if (isAsking) setLevel('debug');
    await Promise.resolve();
    return [logger.isEnabled('debug'), logger.isEnabled('trace')];
  };

  expect(await Promise.all([part(true), part(false)])).toEqual([
    [true, false],
    [false, false],
  ]);
  // Where contexts join, the highest level holds.
  expect(logger.isEnabled('debug')).toBe(true);
  setLevel('warn');
  expect(logger.isEnabled('debug')).toBe(true);
});
