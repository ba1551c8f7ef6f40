import { spawn } from 'node:child_process';
import { once } from 'node:events';

describe('build', () => {
  test('is watched', async () => {
    // It ends with the process that started it.
    // guilty
    const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)']);
    child.stdin.write('changed');
    const [text] = await once(child.stdout, 'data');
    expect(String(text)).toBe('changed');
  });
});
