import { noteRoute } from '../operations/routes.js';
import type { Handlers } from './subscribe.js';

/** A message of the channel of Fastify's handlers (Fastify, "Hooks", "Diagnostics Channel Hooks"). */
interface Message {
  readonly request?: { readonly raw?: object };
  readonly route?: { readonly url?: string };
}

/** Fastify's handlers tell which route has matched. */
export const fastifyChannels: Handlers = {
  'tracing:fastify.request.handler:start': ({ request, route }: Message) => {
    if (request?.raw && route?.url !== undefined) noteRoute(request.raw, () => route.url);
  },
};
