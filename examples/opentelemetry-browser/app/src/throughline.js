import { ThroughlineContextManager } from '@throughline/runtime/opentelemetry';

export const contextManager = new ThroughlineContextManager();
