import type * as Http2 from 'node:http2';
import { PassThrough } from 'node:stream';
import { attempt } from '../operations/attempt.js';
import { usedModules } from '../promises/library-classes.js';
import { watchSessions } from './http2-client.js';
import { watchServers } from './http2-server.js';

/** Makes requests of HTTP/2 operations, on both sides, once a file that uses the module is loaded: the module takes time to load. */
export function watchHttp2(isPeer: (host: string) => boolean): void {
  usedModules.watch('http2', () => {
    // Older versions of Node have no way to load it here.
    const http2 = process.getBuiltinModule?.('node:http2') as typeof Http2 | undefined;
    if (http2) attempt(() => replaceMethods(http2, isPeer));
  });
}

/** Replaces methods of classes that the module does not export: an object of each leads to it. */
function replaceMethods(http2: typeof Http2, isPeer: (host: string) => boolean): void {
  for (const server of [http2.createServer(), http2.createSecureServer({})]) {
    watchServers(Object.getPrototypeOf(server) as typeof server);
  }
  const session = http2.connect('http://localhost', { createConnection: () => new PassThrough() });
  watchSessions(Object.getPrototypeOf(session) as typeof session, isPeer);
  session.on('error', () => {});
  session.destroy();
}
