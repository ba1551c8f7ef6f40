// Builds for pages and React Native replace `lazy-work.ts` with this file: no line of a program is looked for there.

export const lazyWork: { readonly frame?: undefined } = {};

/** The frame stays as it is: one function for all that need not be done there. */
export { wayBack as frameOfThen } from './current.js';
