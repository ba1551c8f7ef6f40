/** Returns true if a store's location is a ClickHouse server, and not a file. */
export function isClickHouse(location: string): boolean {
  return /^clickhouses?:\/\//i.test(location);
}

/** Returns a location without its password, for people to see: whatever stands there, written right or not. */
export function withoutPassword(location: string): string {
  return isClickHouse(location) ? location.replace(/\/\/([^:@/]*):.*@/s, '//$1:***@') : location;
}
