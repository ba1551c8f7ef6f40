// Runs before a package is packed, in its folder: a package without its build would install, and hold nothing.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';

if (!existsSync('dist')) {
  console.error(
    `${basename(process.cwd())} is not built. Run "npm run build" in the repository first.`,
  );
  process.exitCode = 1;
}
