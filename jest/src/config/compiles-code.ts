/** Returns true for a pattern of `transform` that covers program files, and not only style sheets or pictures. */
export function compilesCode(pattern: string): boolean {
  try {
    const regexp = new RegExp(pattern);
    return ['js', 'jsx', 'ts', 'tsx', 'mjs', 'vue'].some((ext) => regexp.test(`/app/src/a.${ext}`));
  } catch {
    return true;
  }
}
