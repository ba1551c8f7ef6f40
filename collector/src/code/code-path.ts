import type { TraceEvent } from '../reports/trace-event.js';

/** Returns the path at which a collector answers with the code around an event's source. */
export function codePath({ source = '', host = '', processId = 0, timestamp }: TraceEvent): string {
  const [process, time] = [processId, timestamp].map((one) => String(Math.max(0, one)));
  return `/api/code?${new URLSearchParams({ source, host, process: process!, time: time! })}`;
}
