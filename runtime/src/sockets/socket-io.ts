import type { LibraryMethods } from '../methods/replace.js';
import { asks } from './socket-io-answers.js';
import { broadcasts, encodes, writes } from './socket-io-broadcasts.js';
import { bothSides, socketIoClient } from './socket-io-client.js';
import { filters, tells } from './socket-io-hears.js';

export const socketIo: LibraryMethods = {
  'socket.io BroadcastOperator': { emit: broadcasts, emitWithAck: asks },
  'socket.io Client': { writeToEngine: writes },
  'socket.io Socket': { ...bothSides, run: filters },
  'socket.io StrictEventEmitter': { emitUntyped: tells },
  'socket.io-adapter Adapter': { _encode: encodes },
  ...socketIoClient,
};
