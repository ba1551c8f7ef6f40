import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { sending } from '../xtrace/flushing.js';
import { client } from '../xtrace/log.js';
import { attempt } from './attempt.js';
import { servedOutcome } from './http.js';
import { beginOperation, failure } from './operation-events.js';
import type { Operation } from './operation-events.js';
import { Served } from './served.js';
import { endWhenSettled } from './settled.js';
import { continueFromRequest, RESPONSE_HEADER } from './trace-headers.js';

/** What Workers get as their last argument. */
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * Returns a handler of requests, as `Deno.serve`, `Bun.serve` and workers at the edge take it, whose requests are operations: each goes on
 * with the task that it carries, or begins one, and ends with the head of its answer. Where a worker would stop after its answer, it stays
 * until the events are sent.
 *
 * @example
 * export default { fetch: tracedHandler(async (request, env, ctx) => new Response('hello')) };
 */
export function tracedHandler<A extends unknown[], R>(
  handler: (request: Request, ...more: A) => R,
): (request: Request, ...more: A) => R {
  return function (this: unknown, request: Request, ...more: A): R {
    const serve = (): unknown => {
      const begun = attempt(() => begin(request));
      const answer = (): unknown => Reflect.apply(handler, this, [request, ...more]);
      return begun === undefined ? answer() : served(begun, request, answer);
    };
    const frame = branch(currentFrame()).with(client.traceSlot, undefined);
    const result = runIn(frame, serve as AnyFunction, undefined, []);
    const context = more.find((one) => typeof Object(one).waitUntil === 'function');
    if (context !== undefined) attempt(() => sendBefore(context as ExecutionContext, result));
    return result as R;
  };
}

function begin(request: Request): Operation {
  const { host, pathname } = new URL(request.url);
  continueFromRequest((name) => request.headers.get(name) ?? undefined);
  const begun = beginOperation(`${request.method} ${pathname}`, 'server', {
    'http.request.method': request.method,
    'url.path': pathname,
    'server.address': host,
  });
  setLocal(client.traceSlot, begun.trace);
  return begun;
}

/** Ends the operation of a request when it is answered. */
function served(begun: Operation, request: Request, answer: () => unknown): unknown {
  const end = (response: unknown): void => {
    const { pathname } = new URL(request.url);
    const { status } = Object(response) as Partial<Response>;
    const outcome = servedOutcome(request.method, pathname, undefined, status);
    const one = new Served(
      begun,
      () => true,
      () => outcome,
    );
    if (request.headers.has('traceparent')) {
      const header = one.header();
      // An answer that was fetched takes no header.
      attempt(() => (response as Response).headers.set(RESPONSE_HEADER, header!));
    }
    one.finish(true);
  };
  try {
    const response = answer();
    if (typeof Object(response).then !== 'function') {
      end(response);
      return response;
    }
    return endWhenSettled(begun, response, {
      outcome: (value) => {
        attempt(() => end(value));
        return undefined;
      },
    });
  } catch (error) {
    const one = new Served(
      begun,
      () => true,
      () => failure(error),
    );
    one.finish(true);
    throw error;
  }
}

function sendBefore(context: ExecutionContext, result: unknown): void {
  const sent = async (): Promise<void> => {
    await Promise.resolve(result).catch(() => {});
    await sending.flush?.();
  };
  context.waitUntil(sent());
}
