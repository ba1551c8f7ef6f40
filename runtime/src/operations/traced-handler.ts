import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { sending } from '../xtrace/flushing.js';
import { client } from '../xtrace/log.js';
import { attempt } from './attempt.js';
import { servedOutcome } from './http.js';
import { beginOperation, endOperation, failure } from './operation-events.js';
import type { Operation, Outcome } from './operation-events.js';
import { endWhenSettled } from './settled.js';
import { continueFromRequest } from './trace-headers.js';

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
      const answer = (): unknown => Reflect.apply(handler, this, [request, ...more]);
      const begun = attempt(() => begin(request, more.at(-1)));
      return begun === undefined ? answer() : served(begun, answer);
    };
    const frame = branch(currentFrame()).with(client.traceSlot, undefined);
    return runIn(frame, serve as AnyFunction, undefined, []) as R;
  };
}

/** A request that is being served. */
interface Serving {
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  /** Called when the end event is logged. */
  readonly over: () => void;
}

function begin(request: Request, last: unknown): Serving {
  const { method, headers } = request;
  const { host, pathname: path } = new URL(request.url);
  continueFromRequest((name) => headers.get(name) ?? undefined);
  const operation = beginOperation(`${method} ${path}`, 'server', {
    'http.request.method': method,
    'url.path': path,
    'server.address': host,
  });
  setLocal(client.traceSlot, operation.trace);
  return { operation, method, path, over: stayUntilSent(last) };
}

/** Keeps a worker until the events are sent, after the function that is returned was called. */
function stayUntilSent(context: unknown): () => void {
  if (typeof Object(context).waitUntil !== 'function') return () => {};
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => (over = resolve));
  (context as ExecutionContext).waitUntil(ended.then(() => sending.flush?.()));
  return over;
}

function served(serving: Serving, answer: () => unknown): unknown {
  const { operation, over } = serving;
  const end = (outcome: Outcome): void => {
    attempt(() => endOperation(operation, outcome));
    over();
  };
  let response: unknown;
  try {
    response = answer();
  } catch (error) {
    end(failure(error));
    throw error;
  }
  if (typeof Object(response).then !== 'function') {
    end(outcomeOf(serving, response));
    return response;
  }
  return endWhenSettled(operation, response, {
    outcome: (value) => outcomeOf(serving, value),
    ended: over,
  });
}

/** Without an answer, the connection has become another one, such as a WebSocket of Bun. */
function outcomeOf({ method, path }: Serving, response: unknown): Outcome {
  const { status } = Object(response) as Partial<Response>;
  return typeof status === 'number'
    ? servedOutcome(method, path, undefined, status)
    : { status: 'ok' };
}
