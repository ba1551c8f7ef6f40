import { ThroughlineContextManager } from '@throughline/runtime/opentelemetry';

/** OpenTelemetry's context manager on Throughline. */
export const contextManager = new ThroughlineContextManager();
