import { Position } from './position.js';

// Builds for pages and React Native replace `round-trips.ts` with this file: there, answers of workers have an edge more.

export function encodeEvent({ id }: Position): string {
  return id;
}

export function decodeEvent(text: string): Position {
  return Position.elsewhere(text, []);
}
