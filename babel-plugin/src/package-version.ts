import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Version of this package, from its package.json. */
export const packageVersion = (
  JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  ) as { version: string }
).version;
