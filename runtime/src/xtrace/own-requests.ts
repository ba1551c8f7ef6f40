import { shared } from '../kernel/index.js';

/** The agents of `node:http` and `node:https` by which events are sent: their requests are no work of the program. */
export const ownAgents = shared('own-agents', new WeakSet<object>());
