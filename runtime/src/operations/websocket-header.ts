/**
 * The header by which the two sides of a WebSocket agree, in the request for it and in the answer, that each message is preceded by where it
 * comes from.
 */
export const MESSAGES_HEADER = 'throughline-messages';
