// What Node's handles are called in reports, and whether one of them is still open.

/** The handles that can keep a process alive: names for reports, by the type of the async resource. */
export const handles: Readonly<Record<string, string>> = {
  Timeout: 'timer',
  Immediate: 'immediate',
  TCPSERVERWRAP: 'server',
  PIPESERVERWRAP: 'server',
  TCPWRAP: 'socket',
  PIPEWRAP: 'socket',
  UDPWRAP: 'socket',
  TLSWRAP: 'socket',
  HTTP2SESSION: 'socket',
  WORKER: 'worker',
  MESSAGEPORT: 'message port',
  PROCESSWRAP: 'child process',
  FSEVENTWRAP: 'file watcher',
  STATWATCHER: 'file watcher',
  SIGNALWRAP: 'signal handler',
};

/** Handles that open further handles. */
export const weights: Readonly<Record<string, number>> = {
  server: 1,
  worker: 1,
  'child process': 1,
};

/** The part of a handle that is looked at. */
export interface Resource {
  hasRef?(): boolean | undefined;
  /** The handle beneath one of TLS. */
  readonly _parent?: Resource | null;
  readonly _repeat?: number | null;
  readonly _idleTimeout?: number;
  readonly _destroyed?: boolean;
}

/**
 * Returns true for a handle that is closed, or that is being closed: sockets of TLS and sessions of HTTP/2 close in two
 * steps, and have no `hasRef`. It returns undefined for a closed handle, and false for one that holds no process.
 */
export function isClosed(resource: Resource): boolean {
  const symbol = Object.getOwnPropertySymbols(resource).find(isOwnerSymbol);
  const object = symbol && (resource as Record<symbol, NodeObject | null>)[symbol];
  if (object?.destroyed === true || isStandardStream(object)) return true;
  const { hasRef } = resource;
  if (typeof hasRef === 'function') return hasRef.call(resource) !== true;
  return resource._parent ? isClosed(resource._parent) : false;
}

/** The object of the program that a handle belongs to. */
interface NodeObject {
  readonly destroyed?: unknown;
  readonly fd?: unknown;
}

/** Returns true for `process.stdin` and the like: Node opens them when something looks at them first, as `pipe` does. */
function isStandardStream(object: NodeObject | null | undefined): boolean {
  return object?.fd === 0 || object?.fd === 1 || object?.fd === 2;
}

/** The key by which a handle knows the object of the program that it belongs to (Node, `owner_symbol`). */
function isOwnerSymbol({ description }: symbol): boolean {
  return description === 'owner_symbol';
}

/** Jest waits this long for a process to exit before it warns. */
const SOON_MS = 1000;

/** Returns true for what ends soon by itself, unless it is set again each time. */
export function isSoonOver(what: string, { _repeat, _idleTimeout = Infinity }: Resource): boolean {
  if (what === 'immediate') return true;
  return what === 'timer' && typeof _repeat !== 'number' && _idleTimeout <= SOON_MS;
}

/** How Node tells that a connection of a pool is used again: not the handle, but an object that has it. */
interface Reused {
  readonly type: string;
  readonly handle: Resource;
}

/** Returns true for what stands for a connection that is used again. */
export function isReused(resource: object): resource is Reused {
  const { constructor } = resource as { constructor?: { name?: string } };
  return constructor?.name === 'ReusedHandle';
}
