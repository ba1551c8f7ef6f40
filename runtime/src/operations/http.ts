import type { Frame } from '../kernel/index.js';
import { beginOperation } from './operation-events.js';
import type { Operation, Outcome } from './operation-events.js';

/** Begins the operation of a request that is sent. `address` is the host, with the port unless it is that of the protocol. */
export function beginRequest(
  method: string,
  address: string,
  path: string,
  frame?: Frame,
): Operation {
  const fields = {
    'http.request.method': method,
    'server.address': address,
    'url.path': path,
  };
  return beginOperation(`${method} ${address}${path}`, 'client', fields, frame);
}

/** Returns what a client knows when the head of an answer has come (OpenTelemetry, "HTTP client": status). */
export function answered(label: string, statusCode: number): Outcome {
  const isError = statusCode >= 400;
  return {
    status: isError ? 'error' : 'ok',
    label: `${label} ${statusCode}`,
    fields: {
      'http.response.status_code': statusCode,
      'error.type': isError ? String(statusCode) : undefined,
    },
  };
}

/**
 * Returns how a request that was served has ended. Without a status, the client has gone away. Servers answer with 4xx what their clients
 * did wrong (OpenTelemetry, "HTTP server": status).
 */
export function servedOutcome(
  method: string,
  path: string,
  route: string | undefined,
  statusCode: number | undefined,
): Outcome {
  const isError = statusCode !== undefined && statusCode >= 500;
  const status = statusCode === undefined ? 'cancelled' : isError ? 'error' : 'ok';
  return {
    status,
    label: `${method} ${route ?? path} ${statusCode ?? 'cancelled'}`,
    fields: {
      'http.route': route,
      'http.response.status_code': statusCode,
      'error.type': isError ? String(statusCode) : undefined,
    },
  };
}

/** Returns a path without its query, which may hold secrets. */
export function withoutQuery(path = '/'): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}

/** Returns a header as one text: the values of one that is repeated, with commas. */
export function valueOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join() : value;
}
