import { ownAgents } from '../xtrace/own-requests.js';
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
function isSuppressed(): boolean {
  const { context } = ((globalThis as Record<symbol, unknown>)[API] ?? {}) as OpenTelemetry;
  try {
    return context?.active().getValue(SUPPRESSED) === true;
  } catch {
    return false;
  }
}

/** A request, as far as it tells who sends it. */
interface SentRequest {
  readonly path: string;
  /** Of requests by `node:http`. */
  readonly agent?: object;
  hasHeader(name: string): boolean;
}

/** What dd-trace keeps in the realm. */
const DATADOG = '_ddtrace';

/** How tools send what they have recorded, by a sign that no request of a program has. */
const REPORTS: readonly ((request: SentRequest) => boolean)[] = [
  // Sentry ("Envelopes", authentication by the query).
  ({ path }) => path.includes('sentry_key=') && /^\/.*\/envelope\/\?(?:.*&)?sentry_key=/.test(path),
  // Datadog (trace agent, "Sending traces"): the language of the tracer.
  (request) =>
    request.hasHeader('datadog-meta-lang') || request.hasHeader('dd-client-library-language'),
  // What its tracer for Node asks the agent for beside that, where it is loaded.
  ({ path }) =>
    DATADOG in globalThis &&
    /^\/(?:v0\.\d+\/config|dogstatsd\/v\d+\/proxy|telemetry\/proxy\/.*)$/.test(path),
];

/** Returns true for a request by which another tool, or this one, sends what it has recorded. */
export function isReport(request: SentRequest): boolean {
  if (request.agent && ownAgents.has(request.agent)) return true;
  return isSuppressed() || REPORTS.some((isOne) => isOne(request));
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
