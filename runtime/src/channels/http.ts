import type { Outcome } from '../operations/operation-events.js';

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

/** Returns a path without its query, which may hold secrets. */
export function withoutQuery(path = '/'): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}
