import { bridge } from './bridge.js';
import type { Frame } from './frame.js';
import { here } from './here.js';
import type { EngineStorage } from './here.js';

interface AsyncHooks {
  AsyncLocalStorage: new () => EngineStorage;
  executionAsyncResource(): unknown;
}
interface Process {
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly execArgv?: readonly string[];
  getBuiltinModule?(id: string): unknown;
}
interface Realm {
  readonly process?: Process;
  readonly navigator?: { readonly userAgent?: string };
  readonly Deno?: {
    readonly permissions: { querySync(what: object): { readonly state: string } };
  };
}

const VARIABLE = 'THROUGHLINE_BRIDGE';

/** What an AsyncLocalStorage costs: nothing that counts, 2.7 times the time of every `await`, or there is none. */
type Price = 'small' | 'large' | 'none';

const realm = globalThis as Realm;
// Not imported, so that the runtime can be loaded where the module does not exist.
const hooks = realm.process?.getBuiltinModule?.('async_hooks') as AsyncHooks | undefined;

/** Returns the price of the first AsyncLocalStorage in this process. */
function price({ versions = {}, env = {}, execArgv = [] }: Process): Price {
  // Its storage has no `enterWith`.
  if (hooks === undefined || realm.navigator?.userAgent === 'Cloudflare-Workers') return 'none';
  if (versions['bun'] !== undefined || versions['deno'] !== undefined) return 'small';
  const flags = [...execArgv, env['NODE_OPTIONS'] ?? ''].join(' ');
  const asked = /--(no-|experimental-)?async-context-frame\b/.exec(flags);
  if (asked !== null) return asked[1] === 'no-' ? 'large' : 'small';
  return Number.parseInt(versions['node'] ?? '', 10) >= 24 ? 'small' : 'large';
}

/**
 * Opens the bridge: the engine's own AsyncLocalStorage carries the context through code that is not instrumented.
 * Returns false where the engine has no such storage.
 *
 * It is open from the start on Node 24 and later, Bun and Deno, unless the environment variable
 * `THROUGHLINE_BRIDGE` is `off`. On Node 20 and 22 the first AsyncLocalStorage of a process makes every `await`
 * 2.7 times slower. There it opens when the program uses one, when the variable is `on`, or by this call.
 */
export function openBridge(): boolean {
  if (hooks === undefined || price(realm.process!) === 'none') return false;
  if (here.storage !== undefined) return true;
  const storage = new hooks.AsyncLocalStorage();
  // Node 20 and 22 track promises from the first use on.
  storage.enterWith(undefined);
  here.storage = storage;
  bridge.probe = undefined;
  return true;
}

/** A channel that runs calls within stores of AsyncLocalStorage (Node, `channel.bindStore`). */
interface StoreChannel<M> {
  bindStore(storage: EngineStorage, transform: (message: M) => Frame): void;
}

/** Makes each call that a channel runs start from the frame that `frameOf` returns. Returns false if the bridge is closed. */
export function bindFrame<M>(channel: StoreChannel<M>, frameOf: (message: M) => Frame): boolean {
  const { storage } = here;
  if (storage === undefined) return false;
  channel.bindStore(storage, frameOf);
  return true;
}

/** Closes the bridge, when a realm ends: Node 20 and 22 keep every storage that was used, and pay for it. */
export function closeBridge(): void {
  here.storage?.disable();
  here.storage = undefined;
  bridge.probe = undefined;
}

/** Opens the bridge if it costs little or is asked for; else, as soon as the program pays the price anyway. */
export function openBridgeByDefault(): void {
  if (here.storage !== undefined || realm.process === undefined) return;
  const asked = askedFor();
  if (asked === 'off') return;
  const found = price(realm.process);
  if (found === 'small' || asked === 'on') openBridge();
  else if (found === 'large') bridge.probe = probeAtPowersOfTwo();
}

/** Returns what the environment variable says. Deno asks its user before a program may read one, which is not worth it. */
function askedFor(): string | undefined {
  const query = { name: 'env', variable: VARIABLE };
  const mayRead = (realm.Deno?.permissions.querySync(query).state ?? 'granted') === 'granted';
  return mayRead ? realm.process?.env?.[VARIABLE] : undefined;
}

/** Returns a function that finds out, at its first, second, fourth, eighth … call, whether the program uses one. */
function probeAtPowersOfTwo(): () => void {
  let calls = 0;
  return () => {
    calls++;
    if ((calls & (calls - 1)) === 0) void Promise.resolve().then(openIfUsed);
  };
}

/** Opens the bridge if promises are tracked. They are as soon as one AsyncLocalStorage of the process was entered. */
function openIfUsed(): void {
  if (hooks!.executionAsyncResource() instanceof Promise) openBridge();
}
