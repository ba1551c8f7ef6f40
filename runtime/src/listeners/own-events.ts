import { classNames, isOwnClass } from '../kernel/index.js';
import { isTarget } from './is-target.js';

/**
 * Classes of Node whose objects belong to whoever listens to them: a connection, a request, a file, a process.
 * Their events come from the platform. Each is a module and its export.
 */
const classes = [
  ...[
    ['stream', 'Stream'],
    ['net', 'Server'],
    ['dgram', 'Socket'],
    ['readline', 'Interface'],
  ],
  ...[
    ['child_process', 'ChildProcess'],
    ['worker_threads', 'Worker'],
    ['fs', 'FSWatcher'],
  ],
] as const;

/** Classes of libraries that are the same: `ws`, `engine.io`, `socket.io`. A class of the program is none of them. */
const connections = ['WebSocket', 'Socket'];

type Class = abstract new () => unknown;
interface NodeProcess {
  getBuiltinModule?(id: string): Record<string, unknown> | undefined;
}
const { process } = globalThis as { process?: NodeProcess };
let loaded: readonly Class[] | undefined;

/** Returns true for an object of such a class, for `process`, and for event targets. */
export function hasOwnEvents(emitter: unknown): boolean {
  if (emitter === process || isTarget(emitter)) return true;
  loaded ??= classes
    .map(([module, name]) => process?.getBuiltinModule?.(module)?.[name])
    .filter((found): found is Class => typeof found === 'function');
  return loaded.some((one) => emitter instanceof one) || isConnection(emitter);
}

function isConnection(emitter: unknown): boolean {
  if (!classNames(emitter).some((name) => connections.includes(name))) return false;
  return !isOwnClass((emitter as { constructor?: unknown }).constructor);
}
