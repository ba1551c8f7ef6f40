/**
 * Calls `compile`, and restores how the program's stack traces look: Babel makes them longer and hides its own frames in
 * them (`errors/rewrite-stack-trace` in @babel/core).
 */
export function keepProgramStacks<T>(compile: () => T): T {
  const before = settings.map((name) => Object.getOwnPropertyDescriptor(Error, name));
  try {
    return compile();
  } catch (error) {
    // A stack is written when it is first read.
    void (error as Partial<Error> | null)?.stack;
    throw error;
  } finally {
    settings.forEach((name, at) => restore(name, before[at]));
  }
}

const settings = ['stackTraceLimit', 'prepareStackTrace'] as const;

function restore(name: (typeof settings)[number], before: PropertyDescriptor | undefined): void {
  if (Object.getOwnPropertyDescriptor(Error, name)?.value === before?.value) return;
  if (before === undefined) delete Error[name];
  else Object.defineProperty(Error, name, before);
}
