import { context } from '@opentelemetry/api';

// Load this first: zone.js patches globals that later modules use.
const { contextManager } = await (import.meta.env.MODE === 'zone'
  ? import('./zone.js')
  : import('./throughline.js'));
context.setGlobalContextManager(contextManager.enable());

await import('./shop.js');
