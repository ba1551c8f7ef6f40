import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version of this package, as its package.json says. */
export const packageVersion = (
  JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  ) as { version: string }
).version;
