/** Returns what `act` returns, and undefined if it throws: an error of ours must not reach the program. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
