/** Returns true for promises only: calling `then` on a lazy thenable, such as a query, would run it twice. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return Object.prototype.toString.call(value) === '[object Promise]';
}
