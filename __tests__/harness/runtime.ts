import type { Frame } from '../../runtime/src/kernel/index';

// The realm's runtime, whichever copies of it are loaded: what no entry exports, for tests to look at.

/** The frame of the strand that is running now. */
export function currentFrame(): Frame {
  return (part('here') as { frame: Frame }).frame;
}

/** Returns true if the engine's AsyncLocalStorage carries the context through uninstrumented code. */
export function bridgeIsOpen(): boolean {
  return (part('here') as { storage: object | undefined }).storage !== undefined;
}

function part(name: string): unknown {
  const realm = globalThis as unknown as Record<symbol, { parts: Map<string, unknown> }>;
  return realm[Symbol.for('throughline.runtime')]!.parts.get(name);
}
