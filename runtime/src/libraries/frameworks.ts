import { copyFunctionShape } from '../callbacks/spawn.js';
import type { AnyFunction } from '../kernel/index.js';
import type { LibraryMethods, Replace } from '../methods/replace.js';
import { noteRoute } from '../operations/routes.js';

/** The context of a request in Koa, on which its routers leave the route that has matched. */
interface KoaContext {
  readonly _matchedRoute?: unknown;
}

/** Stands for `createContext(request, response)` of Koa. */
const createsContext: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const context = Reflect.apply(method, this, args) as KoaContext;
    noteRoute(args[0] as unknown as object, () => context._matchedRoute);
    return context;
  };

/** The context of a request in Hono: its server for Node tells which request of Node it is. */
interface HonoContext {
  readonly env?: { readonly incoming?: object };
}

/** What a router of Hono keeps for a route: the handler, and where it was added. */
type HonoHandler = readonly [handler: AnyFunction, route: { readonly path: string }];

/** Stands for `add(method, path, [handler, route])` of Hono's router. The handler that runs last is that of the route. */
const addsRoute: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [verb, path, added] = args as unknown as [string, string, HonoHandler | undefined];
    // Middleware is added for all below a path, and for every method.
    const isMiddleware = verb === 'ALL' && path.endsWith('*');
    if (isMiddleware || typeof added?.[0] !== 'function') return Reflect.apply(method, this, args);
    const [handler, route, ...more] = added;
    function handled(this: unknown, ...given: never[]): unknown {
      const { env } = given[0] as unknown as HonoContext;
      if (env?.incoming) noteRoute(env.incoming, () => route.path);
      return Reflect.apply(handler, this, given);
    }
    const known = [copyFunctionShape(handled, handler), route, ...more];
    return Reflect.apply(method, this, [verb, path, known] as never[]);
  };

export const frameworks: LibraryMethods = {
  'hono SmartRouter': { add: addsRoute },
  'koa Application': { createContext: createsContext },
};
