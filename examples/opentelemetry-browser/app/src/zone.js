import { ZoneContextManager } from '@opentelemetry/context-zone';

export const contextManager = new ZoneContextManager();
