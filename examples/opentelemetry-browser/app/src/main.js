import { context } from '@opentelemetry/api';

// Before anything else: zone.js replaces what the page would take hold of.
const { contextManager } = await (import.meta.env.MODE === 'zone'
  ? import('./zone.js')
  : import('./throughline.js'));
context.setGlobalContextManager(contextManager.enable());

await import('./shop.js');
