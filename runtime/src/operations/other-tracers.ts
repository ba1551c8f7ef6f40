import { parseTraceParent } from './trace-context.js';
import type { Fields } from '../xtrace/log.js';

// Other tools for tracing in the same process, and what they do with the same requests.

/** What OpenTelemetry's API keeps in the realm, as far as it is read here (`@opentelemetry/api`, "Global Utils"). */
interface OpenTelemetry {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

const API = Symbol.for('opentelemetry.js.api.1');
/** The key by which its exporters mark their own requests (`@opentelemetry/core`, `suppressTracing`). */
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Returns true in work of OpenTelemetry that is not to be traced, such as the export of its spans. */
export function isSuppressed(): boolean {
  const { context } = ((globalThis as Record<symbol, unknown>)[API] ?? {}) as OpenTelemetry;
  try {
    return context?.active().getValue(SUPPRESSED) === true;
  } catch {
    return false;
  }
}

/**
 * Returns the field that links a request to the task in which its receiver goes on, when another tool has sent it the
 * `traceparent`.
 */
export function linkTo(header: string | undefined): Fields | undefined {
  const other = parseTraceParent(header);
  return other && { link: `${other.taskId}/${other.eventId}` };
}
