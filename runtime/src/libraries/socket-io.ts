import type { LibraryMethods } from './replace.js';
import { asks, asksOfClient, isAnswered } from './socket-io-answers.js';
import { broadcasts, encodes, writes } from './socket-io-broadcasts.js';
import { filters, hears, tells } from './socket-io-hears.js';
import { connects, drains, emits, opens, sends } from './socket-io-sends.js';

const both = { emit: emits, packet: sends, onevent: hears, onack: isAnswered, emitWithAck: asks };

export const socketIo: LibraryMethods = {
  'socket.io BroadcastOperator': { emit: broadcasts, emitWithAck: asks },
  'socket.io Client': { writeToEngine: writes },
  'socket.io Socket': { ...both, run: filters },
  'socket.io StrictEventEmitter': { emitUntyped: tells },
  'socket.io-adapter Adapter': { _encode: encodes },
  'socket.io-client Manager': { open: opens },
  'socket.io-client Socket': {
    ...both,
    emitWithAck: asksOfClient,
    onpacket: connects,
    _drainQueue: drains,
  },
};
