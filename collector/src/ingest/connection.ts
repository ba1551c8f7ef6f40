import type { Socket } from 'node:net';

/** A connection, as far as a protocol needs it. */
export type Connection = Pick<Socket, 'write' | 'writable' | 'writableLength'>;
