import type { AnyFunction } from '../kernel/index.js';
import { tracedHandler } from '../operations/traced-handler.js';

type Handler = (request: Request, ...more: unknown[]) => unknown;

/** What is served by other engines than Node: a function, or options with one. */
interface Served {
  readonly handler?: unknown;
  readonly fetch?: unknown;
  readonly routes?: Readonly<Record<string, unknown>>;
}

/** Makes requests that `Deno.serve` and `Bun.serve` answer operations. Both have no channel that tells of them. */
export function watchFetchServers(): void {
  const engines = globalThis as { Deno?: { serve?: unknown }; Bun?: { serve?: unknown } };
  for (const engine of [engines.Deno, engines.Bun]) {
    if (typeof engine?.serve !== 'function') continue;
    const serve = engine.serve as AnyFunction;
    engine.serve = (...args: unknown[]): unknown =>
      Reflect.apply(serve, engine, args.map(traced) as never[]);
  }
}

function traced(argument: unknown): unknown {
  if (typeof argument === 'function') return tracedHandler(argument as Handler);
  // Others may have getters and private fields, which a copy would lose.
  if (!isPlain(argument)) return argument;
  const { handler, fetch, routes } = argument as Served;
  return {
    ...argument,
    ...(typeof handler === 'function' && { handler: tracedHandler(handler as Handler) }),
    ...(typeof fetch === 'function' && { fetch: tracedHandler(fetch as Handler) }),
    ...(isPlain(routes) && { routes: mapped(routes, tracedRoute) }),
  };
}

/** A route of Bun is a function, one for each method, or an answer. */
function tracedRoute(route: unknown): unknown {
  if (typeof route === 'function') return tracedHandler(route as Handler);
  return isPlain(route) ? mapped(route, tracedRoute) : route;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function mapped(
  values: Readonly<Record<string, unknown>>,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
