/** The same module as it is written, not compiled by the plugin. */
declare module '*?uncompiled' {
  export const programs: Readonly<
    Record<string, (log: (entry: unknown) => void) => Promise<unknown>>
  >;
}

/** Newer than the library that the repository compiles against; asked for before it is called. */
interface PromiseConstructor {
  try<T>(callback: () => T | PromiseLike<T>): Promise<T>;
}
