/** What Express leaves on a request: the route that has matched, below the path that its router is mounted at. */
interface ExpressRequest {
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown };
}

/** What Next leaves on a request: among others, the page or route file that has matched. */
interface NextRequest {
  readonly [meta: symbol]: { readonly match?: { readonly definition?: { pathname?: unknown } } };
}

const NEXT_META = Symbol.for('NextInternalRequestMeta');
const routes = new WeakMap<object, () => unknown>();

/** Notes how to get the route of a request, which is asked for when the request is over. */
export function noteRoute(request: object, route: () => unknown): void {
  routes.set(request, route);
}

/** Returns the route of a request as the framework has it, such as `/carts/:id`. */
export function routeOf(request: object): string | undefined {
  const known = routes.get(request)?.() ?? ofNext(request) ?? ofExpress(request);
  // Frameworks also take patterns and lists.
  return typeof known === 'string' ? known : undefined;
}

function ofNext(request: object): unknown {
  return (request as NextRequest)[NEXT_META]?.match?.definition?.pathname;
}

function ofExpress(request: object): unknown {
  const { baseUrl = '', route } = request as ExpressRequest;
  if (typeof route?.path !== 'string') return undefined;
  const base = String(baseUrl);
  return base !== '' && route.path === '/' ? base : base + route.path;
}
