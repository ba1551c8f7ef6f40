import { execFile } from 'node:child_process';

test('children end', (done) => {
  execFile(process.execPath, ['-p', '1 + 1'], (error, stdout) => {
    expect(stdout.trim()).toBe('2');
    done(error);
  });
});

test('timers call back', (done) => {
  setTimeout(() => setImmediate(() => process.nextTick(() => queueMicrotask(done))), 1);
});
