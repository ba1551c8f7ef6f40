/** Returns true if a store's location is a ClickHouse server, and not a file. */
export function isClickHouse(location: string): boolean {
  return /^clickhouses?:\/\//.test(location);
}

/** Returns a location without its password, for people to see. */
export function withoutPassword(location: string): string {
  return isClickHouse(location) ? location.replace(/:[^:@/]*@/, ':***@') : location;
}
