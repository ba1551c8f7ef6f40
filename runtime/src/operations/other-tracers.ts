import type { Operation, Outcome } from './operation-events.js';
import { parseTraceParent } from './trace-context.js';

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
 * Adds to the end of a request the link to the task in which its receiver goes on, when it was sent with the `traceparent` of another
 * tool.
 */
export function linked(
  outcome: Outcome,
  { trace }: Operation,
  header: string | undefined,
): Outcome {
  const other = header?.includes(trace.taskId) ? undefined : parseTraceParent(header);
  if (other === undefined) return outcome;
  return { ...outcome, fields: { ...outcome.fields, link: `${other.taskId}/${other.eventId}` } };
}
