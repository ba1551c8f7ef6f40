const PAUSE_MS = 5;

/** Resolves to what `check` gives as soon as that is something; says what never came otherwise. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = 50_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
