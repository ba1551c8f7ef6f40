import { ZoneContextManager } from '@opentelemetry/context-zone';

/** OpenTelemetry's context manager on zone.js. */
export const contextManager = new ZoneContextManager();
