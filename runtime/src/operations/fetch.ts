import { currentFrame } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';
import { calls } from '../promises/followed-calls.js';
import { attempt } from './attempt.js';
import { endFollowedIn, followCall, noteBegun } from './followed.js';
import { answered, beginRequest, withoutQuery } from './http.js';
import { failure } from './operation-events.js';
import type { Operation, Outcome } from './operation-events.js';
import { headersFor, RESPONSE_HEADER } from './trace-headers.js';

/**
 * Makes calls of `fetch` in instrumented code operations, for platforms whose `fetch` publishes no channel. `isPeer` tells which
 * addresses get the id of the task.
 */
export function watchFetch(isPeer: (url: URL) => boolean): void {
  calls.fetch = (method, args) => followCall(() => request(method, args, isPeer));
}

function request(
  method: AnyMethod,
  args: readonly unknown[],
  isPeer: (url: URL) => boolean,
): unknown {
  const [input, init] = args as Parameters<typeof fetch>;
  const url = urlOf(input);
  if (url === undefined) return method(...args);
  const verb = String(init?.method ?? (input instanceof Request ? input.method : 'GET'));
  const begun = noteBegun(beginRequest(verb.toUpperCase(), url.host, withoutQuery(url.pathname)));
  const result = method(...(isPeer(url) ? withHeaders(args, begun) : args));
  const frame = currentFrame();
  // The engine calls it before the program sees the answer, because it was registered first.
  const finish = (outcome: Outcome, told?: string): void =>
    endFollowedIn(frame, begun, outcome, told);
  // A stand-in of a test may return anything.
  void Promise.resolve(result).then(
    (answer: unknown) => {
      const { status = 200, headers } = Object(answer) as Partial<Response>;
      attempt(() =>
        finish(answered(begun.label, status), headers?.get(RESPONSE_HEADER) ?? undefined),
      );
    },
    (error: unknown) => attempt(() => finish(failure(error))),
  );
  return result;
}

/** Returns the address of a request. What is none, `fetch` itself refuses. */
function urlOf(input: RequestInfo | URL): URL | undefined {
  const text = input instanceof Request ? input.url : String(input);
  const base = globalThis.document?.baseURI;
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** Returns the arguments with our headers. A `traceparent` of the program stays, and what `fetch` refuses, it refuses itself. */
function withHeaders(args: readonly unknown[], begun: Operation): readonly unknown[] {
  const [input, init] = args as Parameters<typeof fetch>;
  let added = args;
  attempt(() => {
    // Options that are a request or of a class have them by getters, which a copy would lose.
    const isPlain = init === undefined || Object.getPrototypeOf(init) === Object.prototype;
    if (!isPlain) return;
    const headers = new Headers(
      init?.headers ?? (input instanceof Request ? input.headers : undefined),
    );
    if (headers.has('traceparent')) return;
    for (const [name, value] of headersFor(begun)) {
      if (!headers.has(name)) headers.set(name, value);
    }
    added = [input, { ...init, headers }];
  });
  return added;
}
