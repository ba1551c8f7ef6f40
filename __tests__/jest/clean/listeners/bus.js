import { EventEmitter } from 'node:events';

export const bus = new EventEmitter();
// The module's own listener stays as long as the module does.
bus.on('event', () => {});
