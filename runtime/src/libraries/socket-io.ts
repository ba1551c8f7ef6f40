import type { LibraryMethods } from './replace.js';
import { filters, hears, tells } from './socket-io-hears.js';
import { asks, connects, drains, emits, isAnswered, opens, sends } from './socket-io-sends.js';

const both = { emit: emits, packet: sends, onevent: hears, onack: isAnswered, emitWithAck: asks };

export const socketIo: LibraryMethods = {
  'socket.io Socket': { ...both, run: filters },
  'socket.io StrictEventEmitter': { emitUntyped: tells },
  'socket.io-client Manager': { open: opens },
  'socket.io-client Socket': { ...both, onpacket: connects, _drainQueue: drains },
};
