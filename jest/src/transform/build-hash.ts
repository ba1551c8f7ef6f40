import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let hash: string | undefined;

/** Returns a key of Jest's cache that also depends on how this build of ours instruments. */
export function keyWithBuild(key: string): string {
  return createHash('sha1').update(key).update('\0').update(build()).digest('hex').slice(0, 32);
}

/**
 * Returns a hash of the files of the plugin and of this package. Their versions are not enough, because linked
 * packages change without a new version.
 */
function build(): string {
  if (hash !== undefined) return hash;
  const sum = createHash('sha1');
  const plugin = dirname(createRequire(import.meta.url).resolve('@throughline/babel-plugin'));
  for (const folder of [plugin, fileURLToPath(new URL('..', import.meta.url))]) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (file.endsWith('.js')) sum.update(file).update(readFileSync(join(folder, file)));
    }
  }
  return (hash = sum.digest('hex'));
}
