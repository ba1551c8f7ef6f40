/** Builds for pages replace `own-events.ts` with this file: they have no bridge that the answer would matter for. */
export function hasOwnEvents(): boolean {
  return true;
}
