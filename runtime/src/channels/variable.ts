/** Returns a variable of the environment. Deno refuses those that the program may not read. */
export function variable(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
}
