const told = new Set<string | undefined>();

/** Prints, once for each package, that a file runs as it is because it cannot be instrumented. */
export function tellOnce(name: string | undefined, file: string, error: unknown): void {
  const key = name ?? file;
  if (told.has(key)) return;
  told.add(key);
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(
    `throughline: ${name === undefined ? file : `a file of the package "${name}"`} is not instrumented, and runs as it ` +
      `is: ${reason} Exclude it to hide this message: "exclude": ["${key}"]. (TL_FILE_LEFT_ALONE)\n`,
  );
}
