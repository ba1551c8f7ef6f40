import { shared } from '../kernel/index.js';

// Builds for pages and React Native replace `combinator-parts.ts` with this file: there, joins name no parts.

export const combinators = shared('combinator-parts', { describe: undefined });

export function keepPart(): void {}

export function noteParts(): void {}
