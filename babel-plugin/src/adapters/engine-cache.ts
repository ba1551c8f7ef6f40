import * as nodeModule from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** Functions of `node:module` by which the engine keeps what it has compiled: Node 22.10 and newer (Node, "Module compile cache"). */
interface EngineCache {
  enableCompileCache(folder: string): unknown;
  flushCompileCache(): void;
}

/** When the code of a start is kept, in milliseconds after it. The end may be too late: a service is often ended by a signal. */
const KEPT_AFTER_MS = 5000;

/**
 * Has the engine keep the code that it compiles in a folder, so that the next start need not. A folder that the program's user has chosen stays, and
 * coverage, which is less exact with such code, stays exact.
 */
export function keepEngineCode(folder: string | undefined): void {
  const { enableCompileCache, flushCompileCache } = nodeModule as Partial<EngineCache>;
  const { NODE_COMPILE_CACHE: chosen, NODE_V8_COVERAGE: coverage } = process.env;
  if (!enableCompileCache || !flushCompileCache || folder === undefined) return;
  if (chosen || coverage || !isMainThread) return;
  enableCompileCache(folder);
  setTimeout(flushCompileCache, KEPT_AFTER_MS).unref();
}
