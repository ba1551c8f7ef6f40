import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Who may use the file: its owner. */
const OWNER_ONLY = 0o600;

/** The longest path in bytes: what is longer would be cut (`sockaddr_un`). */
const LONGEST_PATH = process.platform === 'darwin' ? 103 : 107;

/** How requests of HTTP begin. As a batch, or the length of a topic, none of them would be accepted. */
const HTTP = /^(?:GET |POST|PUT |HEAD|OPTI|DELE|PATC)/;

/**
 * Listens on a Unix socket that only this user may use. A file that a process has left there which is gone is replaced. Rejects with
 * Node's error.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  checkPath(path);
  try {
    await listenOnce(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isLeft(path)))
      throw error;
    unlinkSync(path);
    await listenOnce(server, path);
  }
}

/** Gives a connection to an HTTP server if it begins as a request does. Returns true if so. `first` is what was read of it. */
export function passToHttp(socket: Socket, first: Buffer, web: HttpServer): boolean {
  if (!HTTP.test(first.toString('latin1', 0, 4))) return false;
  socket.pause();
  socket.removeAllListeners('data');
  socket.unshift(first);
  web.emit('connection', socket);
  socket.resume();
  return true;
}

function checkPath(path: string): void {
  if (process.platform === 'win32') return;
  const { length } = Buffer.from(path);
  if (length > LONGEST_PATH) {
    throw new Error(`its path has ${length} bytes, and ${LONGEST_PATH} are possible`);
  }
  if (!existsSync(dirname(path))) throw new Error(`there is no folder ${dirname(path)}`);
}

function listenOnce(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const putBack = hideNewFiles();
    server.listen(path, () => {
      server.off('error', reject);
      try {
        if (process.platform !== 'win32') chmodSync(path, OWNER_ONLY);
        resolve();
      } catch (error) {
        reject(error as Error);
      }
    });
    putBack();
  });
}

/** Nobody else may connect in the moment before the mode is set. In a thread, the mask cannot be changed. */
function hideNewFiles(): () => void {
  if (!isMainThread) return () => {};
  const before = process.umask(0o177);
  return () => void process.umask(before);
}

/** Resolves to true if a path is that of a socket on which nobody listens any more. */
function isLeft(path: string): Promise<boolean> {
  if (!lstatSync(path).isSocket()) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}
