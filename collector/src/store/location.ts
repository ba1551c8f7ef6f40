/** Returns true if a store's location is a ClickHouse server, and not a file. */
export function isClickHouse(location: string): boolean {
  return /^clickhouses?:\/\//i.test(location);
}

/** Returns a location without its password, for people to see: whatever stands there, written right or not. */
export function withoutPassword(location: string): string {
  if (!isClickHouse(location)) return location;
  // The client takes a token in the query.
  return location.replace(/\/\/([^:@/]*):.*@/s, '//$1:***@').replace(/\?.*$/s, '?***');
}
