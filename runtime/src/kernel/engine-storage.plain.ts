/** Pages and React Native have no AsyncLocalStorage. Their builds replace `engine-storage.ts` with this file. */
export function openBridge(): boolean {
  return false;
}

/** Returns false: there is no storage to bind. */
export function bindFrame(): boolean {
  return false;
}

/** Does nothing. */
export function openBridgeByDefault(): void {}

/** Does nothing. */
export function closeBridge(): void {}
