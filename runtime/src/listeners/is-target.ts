/** Returns true for an `EventTarget` of this realm. */
export function isTarget(value: unknown): value is object {
  return typeof EventTarget === 'function' && value instanceof EventTarget;
}
