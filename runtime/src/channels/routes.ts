import type { IncomingMessage } from 'node:http';

/** What Express leaves on a request: the route that has matched, below the path that its router is mounted at. */
interface ExpressRequest {
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown };
}

/** A message of the channel of Fastify's handlers (Fastify, "Hooks", "Diagnostics Channel Hooks"). */
interface FastifyMessage {
  readonly request?: { readonly raw?: IncomingMessage };
  readonly route?: { readonly url?: string };
}

const routes = new WeakMap<IncomingMessage, string>();

/** The channels of frameworks that tell which route has matched. */
export const routeChannels = {
  'tracing:fastify.request.handler:start': ({ request, route }: FastifyMessage): void => {
    if (request?.raw && route?.url !== undefined) routes.set(request.raw, route.url);
  },
};

/** Returns the route of a request as the framework has it, such as `/carts/:id`. */
export function routeOf(request: IncomingMessage): string | undefined {
  const known = routes.get(request);
  if (known !== undefined) return known;
  const { baseUrl = '', route } = request as ExpressRequest;
  // Express also takes patterns and lists.
  if (typeof route?.path !== 'string') return undefined;
  const base = String(baseUrl);
  return base !== '' && route.path === '/' ? base : base + route.path;
}
