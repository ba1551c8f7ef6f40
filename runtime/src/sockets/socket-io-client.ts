import type { LibraryMethods } from '../methods/replace.js';
import { asks, asksOfClient, isAnswered } from './socket-io-answers.js';
import { hears } from './socket-io-hears.js';
import { connects, drains, emits, opens, sends } from './socket-io-sends.js';

/** The methods that sockets of both sides have. */
export const bothSides = {
  ...{ emit: emits, packet: sends, onevent: hears },
  ...{ onack: isAnswered, emitWithAck: asks },
};

/** The client of Socket.IO, in Node and in pages. */
export const socketIoClient: LibraryMethods = {
  'socket.io-client Manager': { open: opens },
  'socket.io-client Socket': {
    ...bothSides,
    emitWithAck: asksOfClient,
    onpacket: connects,
    _drainQueue: drains,
  },
};
