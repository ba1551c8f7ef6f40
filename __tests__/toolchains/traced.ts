import { prelude, runTraced } from '../operations/program';
import type { Finished } from '../operations/program';
import { Project } from './project';

/** Runs a program that logs its operations. It begins with the prelude of such programs. */
type Run = (code: string, env?: Record<string, string>) => Promise<Finished>;

/** Installs packages for the tests of a file, and returns a function that runs programs beside them. */
export function programsWith(packages: readonly string[]): Run {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with(packages);
  });
  return (code, env) => runTraced(project.folder, 'program.mjs', prelude + code, env);
}

/** A server of WebSockets by the package ws, in such a program. */
export const SOCKET_SERVER = `
  import { WebSocketServer } from 'ws';
  const http_ = http.createServer().listen(0, '127.0.0.1');
  await once(http_, 'listening');
  const sockets = new WebSocketServer({ server: http_ });
  const url = 'ws://127.0.0.1:' + http_.address().port + '/chat?secret=1';
  const closed = () => new Promise((resolve) => sockets.close(() => http_.close(resolve)));
`;
