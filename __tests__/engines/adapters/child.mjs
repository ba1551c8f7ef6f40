// One child process, for as long as it is wanted.
import { spawn } from 'node:child_process';

/** Starts a program in a process group of its own; `stop` ends all of it. */
export function start(binary, args, { env = {}, ...options } = {}) {
  const child = spawn(binary, args, {
    ...{ detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    ...options,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  }
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  let isStopped = false;
  /** Resolves to the reason when the program ends by itself; what it said goes to the terminal. */
  const endsEarly = async () => {
    const { error, code, signal } = await ended;
    if (isStopped) return new Promise(() => {});
    if (output.stderr) console.error(output.stderr.trim());
    return error?.code ?? signal ?? `exit code ${code}`;
  };
  const stop = async () => {
    isStopped = true;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended, or never started.
    }
    await ended;
  };
  return { output, ended, endsEarly, stop, pipe: (number) => child.stdio[number] };
}

/** Resolves as `promise` does, or to what `timeIsUp` gives. */
export async function within(limitMs, promise, timeIsUp) {
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve(timeIsUp()), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
