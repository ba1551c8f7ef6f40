import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AdapterOptions } from './files.js';

/** Reads the options of `register` and the commands: the field `throughline` of the nearest package.json. */
export function readPackageOptions(folder: string): { options: AdapterOptions; root: string } {
  for (let at = folder; ; at = dirname(at)) {
    const text = readIfThere(join(at, 'package.json'));
    if (text !== undefined) {
      const { throughline = {} } = JSON.parse(text) as { throughline?: AdapterOptions };
      return { options: throughline, root: at };
    }
    if (dirname(at) === at) return { options: {}, root: folder };
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
